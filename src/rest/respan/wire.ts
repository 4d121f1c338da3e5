import { z } from 'zod'

/** The shapes on the wire (Respan contract, section B3). The same schemas decode requests, type answers and make the OpenAPI document. */

const REQUIRED = 'This field is required.'

/** A text as Django REST Framework takes one: blanks around it do not count, and nothing but blanks is no text. */
const requiredText = z
  .string({ error: ({ input }) => (input === undefined ? REQUIRED : notText(input)) })
  .trim()
  .min(1, 'This field may not be blank.')
const NAME = 'What people read.'

const apiKey = z
  .string({ error: ({ input }) => notText(input) })
  .nullish()
  .meta({ description: 'The key; all stored ones are replaced. Null or empty: no key. Left out: the stored ones stay. Never shown.' })

const ofKwargs = (field: string) => ({ error: `${field}: Not a valid string.` })
const TIMEOUT = { error: 'timeout: A valid number of seconds is required, above 0 and up to 600.' }
const HEADERS = { error: 'headers: Expected a dictionary of strings.' }

/** U+0000 and half a character, as JSON writes them. */
const UNSTORABLE = /(?:^|[^\\])(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/

/** Of these the gateway makes something; everything else is kept as it is. */
const extraKwargs = z
  .looseObject(
    {
      base_url: z.string(ofKwargs('base_url')).nullish().meta({ description: 'Where the API is. Without it that of the vendor.' }),
      timeout: z.number(TIMEOUT).gt(0, TIMEOUT).lte(600, TIMEOUT).exactOptional().meta({ description: 'Seconds that a request may take.' }),
      headers: z.record(z.string(), z.string(HEADERS), HEADERS).nullish().meta({ description: 'Headers to send with every request.' }),
      api_key: z.string(ofKwargs('api_key')).nullish().meta({ description: 'The key, when it is not given beside.' }),
    },
    { error: ({ input }) => `Expected a dictionary of items but got type "${typeName(input)}".` },
  )
  .refine((items) => z.json().safeParse(items).success, 'A number in it is too large to be kept.')
  .refine((items) => !UNSTORABLE.test(JSON.stringify(items)), 'The settings contain a character that cannot be stored.')
  .nullish()
  .meta({ description: 'Further configuration, replaced as a whole; null or empty clears it. Never shown.' })

const ID = 'Lowercase letters and digits, words joined by hyphens; upper case is lowered.'
export const createRequest = z.object({
  provider_id: requiredText.meta({ description: ID }),
  provider_name: requiredText.meta({ description: NAME }),
  api_key: apiKey,
  extra_kwargs: extraKwargs,
})
export const replaceRequest = createRequest.omit({ provider_id: true })
export const patchRequest = replaceRequest.partial()

const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
export const provider = z.strictObject({
  id: z.string(),
  provider_id: z.string(),
  provider_name: z.string(),
  created_at: time,
  updated_at: time,
})

const detailBody = z.strictObject({
  detail: z.string(),
  retry_after: z.number().exactOptional(),
  error_code: z.string().exactOptional(),
})
const fieldErrors = z.record(z.string(), z.array(z.string()).min(1))
export const errorBody = z.union([detailBody, fieldErrors])

export type CreateRequest = z.output<typeof createRequest>
export type PatchRequest = z.output<typeof patchRequest>
export type ExtraKwargs = NonNullable<z.output<typeof extraKwargs>>
export type ProviderBody = z.output<typeof provider>
export type FieldErrors = z.output<typeof fieldErrors>

function notText(input: unknown): string {
  return input === null ? 'This field may not be null.' : 'Not a valid string.'
}

/** What Python calls the type of a value. */
export function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float'
  return { string: 'str', boolean: 'bool' }[String(typeof value)] ?? 'dict'
}

const NAME_PATTERN = /^[a-z0-9]+(-[a-z0-9]+)*$/

/** The name that an id means; null for one that no provider can have (Respan contract, "What we implement"). */
export function toName(text: string): string | null {
  const name = text.toLowerCase()
  return NAME_PATTERN.test(name) ? name : null
}
