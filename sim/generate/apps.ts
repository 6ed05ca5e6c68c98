import { fraction, hash, pick } from '../random.ts'
import { DAY, iso, type Json, type World } from '../world.ts'
import { type AppKind, CATALOG, FIRST_APPS } from './app-catalog.ts'

/** An app as the API sends it, without links. */
export interface App {
  id: string
  orn: string
  name: string
  label: string
  status: 'ACTIVE' | 'INACTIVE'
  created: string
  lastUpdated: string
  accessibility: Json
  visibility: Json
  features: string[]
  signOnMode: string | null
  credentials: Json
  universalLogout: Json | null
  settings: Json
}

export function appKind(index: number): AppKind {
  return FIRST_APPS[index] ?? pick(CATALOG, index)
}

export function isInactiveApp(index: number): boolean {
  return appKind(index).inactive === true || (index >= FIRST_APPS.length && index % 25 === 24)
}

export function generateApp(world: World, index: number): App {
  const kind = appKind(index)
  const created = world.epoch - DAY * (50 + 2000 * fraction(world.seed, 41, index))
  const label = index < FIRST_APPS.length ? kind.label : `${kind.label} ${index}`
  const id = world.ids.app.make(index)
  return {
    id,
    orn: `orn:okta:idp:${world.ids.org}:apps:${kind.name}:${id}`,
    name: kind.name,
    label,
    status: isInactiveApp(index) ? 'INACTIVE' : 'ACTIVE',
    created: iso(created),
    lastUpdated: iso(created + (world.epoch - DAY - created) * fraction(world.seed, 42, index)),
    accessibility: { selfService: false, errorRedirectUrl: null, loginRedirectUrl: null },
    visibility: {
      autoLaunch: false,
      autoSubmitToolbar: false,
      hide: { iOS: kind.hidden === true, web: kind.hidden === true },
      appLinks: kind.unassignable ? {} : { [`${kind.name}_link`]: true },
    },
    features: kind.features ?? [],
    signOnMode: kind.signOnMode,
    credentials: appCredentials(world, index, kind, id),
    universalLogout: null,
    settings: {
      ...(kind.settings ?? { app: {} }),
      notifications: { vpn: { network: { connection: 'DISABLED' }, message: null, helpUrl: null } },
      manualProvisioning: false,
      implicitAssignment: false,
      notes: { admin: index % 6 === 5 ? 'Owned by the IT desk, renew in May.' : null, enduser: null },
    },
  }
}

function appCredentials(world: World, index: number, kind: AppKind, id: string): Json {
  const kid = `k${hash(world.seed, 43, index).toString(36)}${hash(world.seed, 44, index).toString(36)}`
  const signed = kind.signOnMode === 'SAML_2_0' || kind.signOnMode === 'OPENID_CONNECT'
  return {
    ...kind.credentials,
    userNameTemplate: { template: '$' + '{source.login}', type: 'BUILT_IN' },
    signing: signed ? { kid } : {},
    ...(kind.name === 'oidc_client'
      ? {
          oauthClient: {
            autoKeyRotation: true,
            client_id: id,
            token_endpoint_auth_method: kind.unassignable ? 'private_key_jwt' : 'client_secret_basic',
            pkce_required: false,
          },
        }
      : {}),
  }
}
