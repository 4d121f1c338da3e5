import { z } from 'zod'
import { storedName } from '../name-aliases.ts'
import { NAME_ALIASES } from './templates.ts'

/** The shapes on the wire (ZIRI contract, sections A3 and A4). The same schemas decode requests, type answers and make the OpenAPI document. */

const optionalText = z.string().nullish()

/** Other keys of the metadata are kept and shown as they are. */
export const metadata = z
  .looseObject({
    displayName: optionalText.meta({ description: "What people read. Empty or null: the template's." }),
    baseUrl: optionalText.meta({ description: "Absolute URL of the API. Empty or null: the template's." }),
  })
  .meta({ description: 'What is left out stays as it is.' })

export const upsertRequest = z.object({
  name: z.string().meta({ description: 'Lowercase letters and digits, words joined by hyphens; upper case is lowered.' }),
  apiKey: z.string().meta({ description: 'The key; all stored ones are replaced. Never shown.' }),
  metadata: metadata.nullish(),
})

export const updateRequest = z.object({
  apiKey: optionalText.meta({ description: 'A key in place of all stored ones. Empty or null: these stay.' }),
  displayName: optionalText.meta({ description: 'What people read. Empty or null: it stays.' }),
})

const time = z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)

/** Fields of ours, which other metadata cannot take the place of. */
const providerFields = {
  id: z.int(),
  name: z.string(),
  displayName: z.string(),
  baseUrl: z.string().meta({ description: 'Empty as long as nobody gave an endpoint for an unknown vendor.' }),
  createdAt: time,
  updatedAt: time,
  type: z.string().meta({ description: 'The protocol of the upstream. Expect new values.' }),
  enabled: z.boolean(),
  hasCredentials: z.boolean(),
  models: z.array(z.string()).meta({ description: 'The models that the latest test listed.' }),
}
const provider = z.looseObject(providerFields).meta({ description: 'Other metadata stands beside these fields.' })

/** Names that no other metadata can have: those of our fields, and that of the secret. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([...Object.keys(providerFields), 'apiKey'])

export const providerBody = z.strictObject({ provider })
export const listBody = z.strictObject({ providers: z.array(provider), total: z.int() })
export const deletedBody = z.strictObject({ success: z.literal(true) })
export const testBody = z.strictObject({
  success: z.literal(true),
  message: z.string(),
  verified: z.literal(false).exactOptional().meta({ description: 'There when the upstream answers anyone: the key is not proven.' }),
})

const ERROR_CODES = [
  'MISSING_FIELDS',
  'INVALID_API_KEY',
  'INVALID_REQUEST',
  'PROVIDER_NOT_FOUND',
  'CONNECTION_FAILED',
  'ADMIN_AUTH_REQUIRED',
  'ACCESS_DENIED',
  'NOT_FOUND',
  'RATE_LIMITED',
  'SERVICE_UNAVAILABLE',
  'INTERNAL_ERROR',
] as const
export const errorBody = z.strictObject({
  error: z.string().min(1),
  message: z.string().min(1).meta({ description: 'The same text.' }),
  code: z.enum(ERROR_CODES),
  reason: z.string().exactOptional(),
})

export type Metadata = z.output<typeof metadata>
export type UpsertRequest = z.output<typeof upsertRequest>
export type UpdateRequest = z.output<typeof updateRequest>
export type ProviderFields = z.output<typeof provider>
export type ErrorBody = z.output<typeof errorBody>

const NAME_PATTERN = /^[a-z0-9]+(-[a-z0-9]+)*$/

/** The name that a path means, as it is stored; null for one that no provider can have (ZIRI contract, "What we implement"). */
export function toName(text: string): string | null {
  const name = storedName(NAME_ALIASES, text.toLowerCase())
  return NAME_PATTERN.test(name) ? name : null
}
