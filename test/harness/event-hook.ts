import type { Sim } from '../../sim/index.ts'
import type { Body } from '../api/provisioned.ts'

/** An event hook of the simulated org, registered through its API as an admin does with what Rollcall has answered. */
export interface RegisteredHook {
  readonly id: string
  /** `VERIFIED` when Rollcall answered the challenge; else what Okta says. */
  verify(): Promise<string>
  /** What the org has to tell has arrived, or has failed to. */
  settled(): Promise<void>
  /** Delivers the last `count` events of the log, whatever was delivered before; resolves to whether they were taken. */
  repeat(count: number): Promise<boolean>
}

/** @param base where Rollcall listens, in place of the public address that Okta would call */
export async function registerHook(sim: Sim, made: Body, base: string): Promise<RegisteredHook> {
  const ask = async (path: string, body?: unknown) => {
    const response = await fetch(`${sim.origin}/api/v1/eventHooks${path}`, {
      method: 'POST',
      headers: { authorization: `SSWS ${sim.token}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return (await response.json()) as { id: string; verificationStatus?: string; errorCauses?: unknown }
  }
  const { url, header_name, event_types, secret } = made as unknown as Record<string, string>
  const registered = await ask('', {
    name: 'Rollcall',
    events: { type: 'EVENT_TYPE', items: event_types },
    channel: {
      type: 'HTTP',
      version: '1.0.0',
      config: {
        uri: base + new URL(url ?? '').pathname,
        authScheme: { type: 'HEADER', key: header_name, value: secret },
      },
    },
  })
  const hook = sim.org.eventHooks.get(registered.id)
  if (!hook) throw new Error(`not registered: ${JSON.stringify(registered)}`)
  return {
    id: hook.id,
    verify: async () => {
      const { verificationStatus, errorCauses } = await ask(`/${hook.id}/lifecycle/verify`)
      return verificationStatus ?? JSON.stringify(errorCauses)
    },
    settled: () => sim.org.hookSender.settled(),
    repeat: (count) => sim.org.hookSender.deliver(hook, [...sim.org.logEvents()].slice(-count)),
  }
}
