import { listFaults } from './faults.ts'
import type { ServiceAppOptions } from './http/service-apps.ts'
import { type Engine, ORGS, type OrgName } from './options.ts'
import { startSim } from './sim.ts'

export interface SimArguments {
  org?: string
  users?: number
  seed?: number
  port?: number
  limitScale?: number
  faults?: string[]
  engine?: string
  /** An API Services app beside the token: with plain bearer tokens, or with tokens bound to a key. */
  serviceApp?: string
}

/** What `--service-app` takes. */
const SERVICE_APPS: Record<string, ServiceAppOptions> = { bearer: {}, dpop: { dpop: true, keyType: 'RSA' } }

/**
 * `rollcall sim`: one line of JSON for programs (`origin`, `token`, and `service_app` where one was asked for), then words for people, then it serves until it is
 * told to stop.
 */
export async function runSim(given: SimArguments): Promise<void> {
  const { org = 'small', engine = 'idx', faults = [], serviceApp, ...rest } = given
  if (!isOrg(org)) throw new Error(`Unknown org "${org}". Orgs: ${Object.keys(ORGS).join(', ')}`)
  if (serviceApp !== undefined && !Object.hasOwn(SERVICE_APPS, serviceApp))
    throw new Error(`Unknown service app "${serviceApp}". Service apps: ${Object.keys(SERVICE_APPS).join(', ')}`)
  if (!isEngine(engine)) throw new Error(`Unknown engine "${engine}". Engines: idx (Identity Engine), v1 (Classic)`)
  const sim = await startSim({ ...rest, org, engine, faults })
  const app = serviceApp === undefined ? null : sim.addServiceApp(SERVICE_APPS[serviceApp])
  const signIn = app && { client_id: app.clientId, private_key: app.privateKey }
  console.log(JSON.stringify({ origin: sim.origin, token: sim.token, ...(signIn && { service_app: signIn }) }))
  const { world } = sim.org
  console.log(`\n${world.size.companyName}, a simulated Okta org (${engine === 'idx' ? 'Identity Engine' : 'Classic'})`)
  for (const [name, count] of Object.entries(sim.org.expected())) {
    console.log(`  ${count.toLocaleString('en-US').padStart(12)}  ${name.replaceAll('_', ' ')}`)
  }
  const known = new Map(listFaults().map(({ name, describe }) => [name, describe]))
  console.log(faults.length > 0 ? '\nTrouble on the way:' : '\nNo faults. Add some with --fault NAME.')
  for (const name of faults) console.log(`  ${name}: ${known.get(name)}`)
  console.log('\nTry it in another terminal (in a checkout, rollcall is `npm run -s rollcall --`):')
  console.log(`  export ROLLCALL_ALLOWED_INSECURE_ORIGINS=${sim.origin} OKTA_API_TOKEN=${sim.token}`)
  console.log(`  rollcall check --domain ${sim.origin}`)
  if (app) {
    console.log('\nOr with its service app:')
    console.log(`  export ROLLCALL_ALLOWED_INSECURE_ORIGINS=${sim.origin} OKTA_PRIVATE_KEY='${app.privateKey}'`)
    console.log(`  rollcall check --domain ${sim.origin} --client-id ${app.clientId}`)
  }
  console.log('\nStop it: Ctrl+C')
  await stopSignal()
  await sim.close()
}

function isOrg(name: string): name is OrgName {
  return Object.hasOwn(ORGS, name)
}

function isEngine(name: string): name is Engine {
  return name === 'idx' || name === 'v1'
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Any of the signals ends the wait; all are given back to their default meaning after it. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      for (const signal of SIGNALS) process.off(signal, stop)
      resolve()
    }
    for (const signal of SIGNALS) process.on(signal, stop)
  })
}
