/** One of a few things to choose from. */
export interface Choice {
  readonly value: string
  readonly label: string
}
