import { z } from 'zod'

/** Fields of request bodies. As with FastAPI, null reads as not given unless a field says otherwise. */

const LONGEST = 255

/** Text that a caller names its things by. */
export const label = (description: string) =>
  z
    .string()
    .max(LONGEST, `must have at most ${LONGEST} characters`)
    .refine((text) => !text.includes('\0'), 'must not hold a null character')
    .nullable()
    .optional()
    .describe(description)

/** A whole number, such as seconds or days. */
export const amount = (description: string, range: { readonly from: number; readonly to: number }) =>
  z.int().min(range.from).max(range.to).nullable().optional().describe(description)

/** A JSON object of any shape. */
export const freeForm = (description: string) =>
  z.record(z.string(), z.json()).nullable().optional().describe(description)

/** What may be wrong with credentials before anybody is asked. */
export const ABOUT_CREDENTIALS = [
  'domain_invalid',
  'domain_refused',
  'token_missing',
  'token_malformed',
  'client_id_invalid',
  'private_key_invalid',
] as const

export const credentials = z
  .record(z.string(), z.unknown())
  .nullable()
  .optional()
  .describe(
    'What the vendor is signed in with: `data_schema` of `GET /v1/connectors` says which properties. For OKTA_IDP `domain` and `api_token`, or in place of the token `client_id` and `private_key` of a service app, with `key_id` where it has several keys; also taken are `okta_domain`, `base_url` or `org_url`, and `token` or `api_key`.',
  )

export const vendor = z
  .string()
  .max(100)
  .nullable()
  .optional()
  .describe('What is connected: a `vendor` of `GET /v1/connectors`. Required, unless an invite token says it.')
