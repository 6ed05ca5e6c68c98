export interface Host {
  /** Where its page is. */
  readonly url: string
  readonly organizationId: string
  close(): Promise<void>
}

export function startHost(options: {
  readonly rollcallUrl: string
  readonly apiKey: string
  readonly organizationId?: string
  /** 0, as by default: any that is free. */
  readonly port?: number
}): Promise<Host>
