import type { ApiServices } from '../api/services.ts'
import type { Lifetime } from '../cli/lifetime.ts'
import { readVersion } from '../cli/package.ts'
import { systemClock } from '../clock.ts'
import type { Log } from '../log.ts'
import { faultOfUrl } from '../outgoing/callable-url.ts'
import type { Sealer } from '../seal.ts'
import type { Db } from '../store/db.ts'
import { newLeaseOwner } from '../store/lease-owner.ts'
import { Dispatcher } from '../webhooks/dispatcher.ts'
import { sendTest } from '../webhooks/send-test.ts'
import { Sender } from '../webhooks/sender.ts'
import { Turns } from './turns.ts'

interface Surroundings {
  readonly log: Log
  readonly lifetime: Lifetime
  /** Origins that may be called though they are http, whenever they are added. */
  readonly insecureOrigins: readonly string[]
}

/** Tests that callers of the API may ask for at once. */
const TESTS_AT_ONCE = 3

/** What calls the webhook endpoints of organizations: one sender for the messages and for tests. */
export class WebhookDelivery {
  readonly #surroundings: Surroundings
  #sender: Sender | null = null

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
  }

  /** What the API needs of it. */
  services(db: Db, sealer: Sealer): ApiServices['webhooks'] {
    const turns = new Turns(TESTS_AT_ONCE)
    const { insecureOrigins } = this.#surroundings
    const options = { db, sealer, clock: systemClock, sender: this.#openSender() }
    return {
      faultOf: (url) => faultOfUrl(url, { allowedInsecureOrigins: insecureOrigins }),
      test: (endpoint, signal) => turns.take(signal, () => sendTest(options, endpoint, signal)),
    }
  }

  /** Sends what there is to send, until it is stopped. */
  start(db: Db, sealer: Sealer): Dispatcher {
    const { log, lifetime } = this.#surroundings
    const sender = this.#openSender()
    const dispatcher = new Dispatcher({ db, clock: systemClock, log, sealer, sender, owner: newLeaseOwner() })
    dispatcher.start()
    lifetime.defer(() => dispatcher.stop())
    return dispatcher
  }

  #openSender(): Sender {
    if (this.#sender) return this.#sender
    const { lifetime, insecureOrigins } = this.#surroundings
    const sender = new Sender({
      clock: systemClock,
      userAgent: `rollcall/${readVersion()}`,
      allowedInsecureOrigins: insecureOrigins,
    })
    lifetime.defer(() => sender.close())
    this.#sender = sender
    return sender
  }
}
