/** What has to be read again, because something says that it changed. */
export type Target =
  /** one record, by the `vendor_id` of its row: `get` of the stream reads it */
  | (Listing & { readonly kind: 'record'; readonly shownBy?: Listing })
  /** a parent's whole listing: what it does not show is gone. Needless if `unlessRows` rows stand when all else is read */
  | (Listing & { readonly kind: 'children'; readonly shownBy?: Listing; readonly unlessRows?: number })
  /** the whole of a stream, as a full sync reads it */
  | { readonly kind: 'stream'; readonly stream: string }

/** One parent's listing. As `shownBy` it makes the target needless where it is read anyway, and is cheaper for many. */
export type Listing = { readonly stream: string; readonly key: string }
