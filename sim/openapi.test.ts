import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Sim, startSim } from './index.ts'
import { ROUTES } from './routes/index.ts'

/**
 * Okta's own description of its API (github.com/okta/okta-management-openapi-spec, dist/current/management-minimal.yaml)
 * is read when a copy lies beside the repository.
 */
const FILE = fileURLToPath(new URL('../../shared/okta/management-minimal.yaml', import.meta.url))

/** Fields that real answers (or field reports) send as null though the description gives them a type. */
const NULLS =
  /(^\/(type|signOnMode|universalLogout|description|externalId|statusChanged|credentials|conditions|target|device)|\/(email|description|userName|signOnMode|errorRedirectUrl|loginRedirectUrl|admin|enduser|helpUrl|message|client_uri|logo_uri|spIssuer|preRegistrationInlineHooks|targetGroupIds|slo|profile|detailEntry|alternateId|authenticationProvider|credentialProvider|credentialType|interface|issuer|id|legacyEventType|reason|source|device|geographicalContext|ipAddress|userAgent|zone|asNumber|asOrg|isp|domain|isProxy|address[12]|city|state|country|postalCode|phoneNumber|supportPhoneNumber|endUserSupportHelpURL|expiresAt))$/

type Node = Record<string, unknown>

/** Where real answers, and so ours, break the description. */
const LOOSE_SPOTS: { name: string; allows: (route: string, error: ErrorObject) => boolean }[] = [
  {
    name: 'null stands in fields that have a type',
    allows: (_route, { data, instancePath }) => data === null && NULLS.test(instancePath),
  },
  {
    name: 'a group profile is one of two shapes, and neither allows the null description that real groups have',
    allows: (_route, { keyword, instancePath, data }) =>
      keyword === 'anyOf' && instancePath.endsWith('/profile') && (data as Node).description === null,
  },
  {
    name: 'catalogue apps have other names and settings than the one template the description knows per sign-on mode',
    allows: (route, { instancePath }) =>
      /\/apps/.test(route) && /^\/(name$|settings\/(app|signOn)(\/|$))/.test(instancePath),
  },
  {
    name: 'claims_provider is a factor type',
    allows: (_route, { instancePath, data }) => instancePath === '/factorType' && data === 'claims_provider',
  },
  {
    name: 'logins may be shorter than five characters',
    allows: (_route, { instancePath, keyword }) => instancePath === '/profile/login' && keyword === 'minLength',
  },
  {
    name: 'the embedded resource type of a policy is a text, not an object',
    allows: (_route, { instancePath }) => instancePath === '/_embedded/resourceType',
  },
  {
    name: 'conditions of a permission list attribute names, they are no object',
    allows: (_route, { instancePath, data }) => /\/conditions\/exclude\//.test(instancePath) && Array.isArray(data),
  },
  {
    name: 'the pattern of tokenWindow allows no text at all',
    allows: (_route, { instancePath, keyword }) => instancePath === '/tokenWindow' && keyword === 'pattern',
  },
]

describe.skipIf(!existsSync(FILE))(
  `answers against ${existsSync(FILE) ? "Okta's API description" : `${FILE} (not there: skipped)`}`,
  () => {
    let sim: Sim
    let spec: Node
    let ajv: Ajv
    const validators = new Map<string, ValidateFunction>()

    beforeAll(async () => {
      sim = await startSim({ limitScale: Number.POSITIVE_INFINITY })
      const { eventHooks, ownerId } = sim.org
      const auth = { key: 'Authorization', value: 'x' }
      const hook = { name: 'Rollcall', description: null, eventTypes: ['user.lifecycle.create'], headers: [], auth }
      eventHooks.add({ ...hook, uri: 'http://127.0.0.1:1/', origin: sim.origin }, ownerId)
      const { paths, components } = parse(readFileSync(FILE, 'utf8'), { uniqueKeys: false }) as {
        paths: Node
        components: Node
      }
      const schemas = mapValues(components.schemas as Node, forAjv)
      spec = { paths: mapValues(paths, forAjv), components: { schemas, responses: forAjv(components.responses) } }
      ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, verbose: true, logger: false })
      ajv.addSchema({ components: { schemas } }, 'okta')
    })
    afterAll(() => sim?.close())

    const described = ROUTES.map(({ template }) => template).filter((template) => template.startsWith('GET '))
    test.each(described)('%s', async (template) => {
      const schema = responseSchema(spec, template)
      const problems: string[] = []
      for (const path of examplePaths(sim, template)) {
        const response = await fetch(sim.origin + path, { headers: { authorization: `SSWS ${sim.token}` } })
        expect(response.status, path).toBe(200)
        const body: unknown = await response.json()
        for (const [part, partSchema] of parts(spec, schema, body)) {
          const key = JSON.stringify(partSchema)
          const validate = validators.get(key) ?? ajv.compile(partSchema)
          validators.set(key, validate)
          if (validate(part)) continue
          for (const error of validate.errors ?? []) {
            if (LOOSE_SPOTS.some(({ allows }) => allows(template, error))) continue
            problems.push(
              `${error.instancePath} ${error.message} ${JSON.stringify(error.params)} is ${JSON.stringify(error.data)?.slice(0, 80)}`,
            )
          }
        }
      }
      expect([...new Set(problems)].slice(0, 20)).toEqual([])
    })
  },
)

/** Nullable is OpenAPI's, ajv knows JSON Schema; what only explains is left out. References are kept. */
function forAjv(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(forAjv)
  if (typeof node !== 'object' || node === null) return node
  const changed: Node = {}
  for (const [key, value] of Object.entries(node)) {
    if (/^(x-.*|nullable|examples?|default|description|externalDocs)$/.test(key)) continue
    if (key === '$ref') changed[key] = String(value).replace(/^#/, 'okta#')
    else if (key === 'properties') changed[key] = mapValues(value as Node, forAjv)
    else changed[key] = key === 'discriminator' ? value : forAjv(value)
  }
  if ((node as Node).nullable !== true) return changed
  if (typeof changed.type === 'string') changed.type = [changed.type, 'null']
  if (Array.isArray(changed.enum)) changed.enum = [...changed.enum, null]
  return changed.allOf || changed.$ref ? { anyOf: [changed, { type: 'null' }] } : changed
}

function mapValues(node: Node, change: (value: unknown) => unknown): Node {
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, change(value)]))
}

function responseSchema(spec: Node, template: string): Node {
  const [method = '', path = ''] = template.split(' ')
  const shape = (text: string) => text.replaceAll(/\{[^}]+\}/g, '{}').replace('/user/default', '/user/{}')
  const found = Object.entries(spec.paths as Node).find(([key]) => shape(key) === shape(path))
  const operation = (found?.[1] as Node | undefined)?.[method.toLowerCase()] as Node | undefined
  const answer = (operation?.responses as Node | undefined)?.['200'] as Node | undefined
  const ok = (answer?.$ref ? (resolve(spec, String(answer.$ref)) as Node) : answer)?.content as Node | undefined
  const schema = (ok?.['application/json'] as Node | undefined)?.schema
  if (!schema) throw new Error(`The description has no answer for ${template}`)
  return schema as Node
}

/** The records of a list one by one, each against the schema its discriminator names. */
function parts(spec: Node, schema: Node, body: unknown): [unknown, Node][] {
  if (schema.type === 'array' && Array.isArray(body)) {
    return body.flatMap((item) => parts(spec, schema.items as Node, item))
  }
  const named = schema.$ref ? (resolve(spec, String(schema.$ref)) as Node) : schema
  const discriminator = (schema.discriminator ?? named.discriminator) as
    | { propertyName: string; mapping: Node }
    | undefined
  const value = (body as Node)[discriminator?.propertyName ?? '']
  const target = discriminator?.mapping?.[String(value)]
  return [
    [body, target ? { $ref: String(target).replace(/^#/, 'okta#') } : schema.$ref ? { $ref: schema.$ref } : schema],
  ]
}

function resolve(spec: Node, ref: string): unknown {
  let node: unknown = spec
  for (const key of ref.replace(/^okta#\//, '').split('/')) node = (node as Node | undefined)?.[key]
  return node
}

/** A path per route, for several records where they differ in shape. */
function examplePaths(sim: Sim, template: string): string[] {
  const path = template.split(' ')[1] ?? ''
  const { org } = sim
  const userIds = [...org.allUsers()].filter(({ status }) => status !== 'DEPROVISIONED').map(({ id }) => id)
  const fill = (values: Record<string, string>) => path.replaceAll(/\{(\w+)\}/g, (_, name) => values[name] ?? '?')
  if (path === '/api/v1/users') return ['?search=status+pr', '?search=status+pr&sortBy=id'].map((query) => path + query)
  if (path === '/api/v1/groups') return [`${path}?expand=stats,app`, path]
  if (path === '/api/v1/policies') return org.state.policies.types.map((type) => `${path}?type=${type}`)
  if (path === '/api/v1/logs') return [`${path}?limit=1000`]
  if (path === '/api/v1/apps') return [`${path}?limit=200`]
  if (path.includes('/iam/roles/{id}'))
    return [fill({ id: org.world.ids.customRole.make(0) }), fill({ id: org.world.ids.customRole.make(1) })]
  if (path.startsWith('/api/v1/policies/')) {
    return [...org.allPolicies()].flatMap((policy) => {
      const index = org.state.policies.indexOf(policy.id) ?? 0
      const app = org.state.policies.appsOf(index)[0]
      if (path.includes('{mappingId}') && app === undefined) return []
      const mappingId = org.world.ids.mapping.make((app ?? 0) * 1000 + index)
      const rules = path.includes('{ruleId}') ? policy.rules : [undefined]
      return rules.map((rule) => fill({ id: policy.id, ruleId: rule?.id ?? '', mappingId }))
    })
  }
  if (path.includes('{eventHookId}')) return org.eventHooks.all().map(({ id }) => fill({ eventHookId: id }))
  if (path.includes('{roleId}')) {
    const holders = path.startsWith('/api/v1/users') ? org.roleHolderIds() : org.adminGroupIds()
    return holders.flatMap((id) => org.rolesOf(id).map(({ role }) => fill({ id, roleId: role.id })))
  }
  if (path.endsWith('/roles') && !path.includes('iam')) {
    return [...org.roleHolderIds(), ...org.adminGroupIds()]
      .filter((id) => path.includes('users') === id.startsWith('00u'))
      .map((id) => fill({ id }))
  }
  if (path.includes('{factorId}'))
    return userIds.slice(0, 30).flatMap((id) => org.factorsOf(id).map((factor) => fill({ id, factorId: factor.id })))
  if (path.startsWith('/api/v1/users/{id}')) return userIds.slice(0, 60).map((id) => fill({ id }))
  if (path.startsWith('/api/v1/groups/{id}')) return [...org.allGroups()].map(({ id }) => fill({ id }))
  if (path.startsWith('/api/v1/apps/{id}')) {
    return [...org.allApps()].flatMap(({ id }) => {
      const user = [...org.usersOfApp(id)][0]
      const groupId = org.groupsOfApp(id)[0]
      if ((path.includes('{userId}') && !user) || (path.includes('{groupId}') && !groupId)) return []
      return [fill({ id, userId: user?.id ?? '', groupId: groupId ?? '' })]
    })
  }
  return [path]
}
