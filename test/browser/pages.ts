import { buildPages } from '../../scripts/pages.mjs'

/** Builds the pages once for a whole test run. */
export default async function setup(): Promise<void> {
  await buildPages()
}
