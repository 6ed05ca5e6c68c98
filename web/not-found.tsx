import { NothingThere } from './layout/nothing-there.tsx'

/** An address that shows nothing. */
export const NotFoundPage = () => (
  <NothingThere
    title="Not found"
    heading="There is nothing at this address"
    reason="The link may be old, or a part of it may be missing."
  />
)
