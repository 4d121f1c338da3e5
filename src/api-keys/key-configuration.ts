import { z } from 'zod'
import type { Secret } from '../crypto/secret.ts'
import { canonicalUrl } from '../destination/canonical-url.ts'
import type { ValidationIssue } from '../errors.ts'
import { COLUMN_PARTS, isColumnPart, SECRET_PARTS } from './credential-parts.ts'
import { looksMasked } from './mask.ts'

/** A part of a key's credential: a value, a variable to read, or neither, which keeps the stored one. */
export interface CredentialPartInput {
  /** One that the gateway knows, e.g. `azure.clientSecret`, or a name that begins with a namespace and a dot. */
  readonly name: string
  readonly value: Secret | undefined
  readonly environmentVariable: string | undefined
  /** Where the caller has it in the key, for what is wrong with it. */
  readonly at: readonly string[]
}

/** What a key has besides its value. It replaces what is stored, except that parts can be kept. */
export interface KeyConfigurationInput {
  readonly parts: readonly CredentialPartInput[]
  /** Models that the key serves; null for every one. */
  readonly models: readonly string[] | null
  /** Models that it does not serve; null for none. */
  readonly exceptModels: readonly string[] | null
  /** What means nothing to the gateway, by namespace. */
  readonly extensions: Readonly<Record<string, unknown>>
}

/** Says what is wrong with an endpoint, or null: the rules for a provider's own. */
export type RefusalOf = (url: string) => string | null

const MAX_PART_BYTES = 65_536
const MAX_EXTENSION_CHARACTERS = 262_144
const KNOWN_PARTS: readonly string[] = [...Object.keys(COLUMN_PARTS), ...SECRET_PARTS]
const FOREIGN_PART = /^(?!aws\.|azure\.|vertex\.)[a-z]{2,20}(?:\.[A-Za-z0-9_]{1,60}){1,4}$/

/** The rules for what a key has besides its value. */
export function checkConfiguration(
  { parts, extensions }: KeyConfigurationInput,
  path: readonly string[],
  refusalOf: RefusalOf,
): ValidationIssue[] {
  const isLarge = JSON.stringify(extensions).length > MAX_EXTENSION_CHARACTERS
  return [
    ...parts.flatMap((part, index) => checkPart(part, parts, index, [...path, ...part.at], refusalOf)),
    ...(isLarge
      ? [
          {
            path,
            rule: 'OUT_OF_RANGE',
            message: `The settings must not be longer than ${MAX_EXTENSION_CHARACTERS} characters of JSON.`,
          } as const,
        ]
      : []),
    ...(z.record(z.string(), z.json()).safeParse(extensions).success
      ? []
      : [{ path, rule: 'NOT_ALLOWED', message: 'The settings must be JSON objects by namespace.' } as const]),
  ]
}

function checkPart(
  { name, value, environmentVariable }: CredentialPartInput,
  parts: readonly CredentialPartInput[],
  index: number,
  path: readonly string[],
  refusalOf: RefusalOf,
): ValidationIssue[] {
  const issue = (rule: ValidationIssue['rule'], message: string): ValidationIssue[] => [{ path, rule, message }]
  if (!KNOWN_PARTS.includes(name) && !FOREIGN_PART.test(name)) return issue('NOT_ALLOWED', 'This is no part of a credential.')
  if (parts.findIndex((part) => part.name === name) < index) return issue('NOT_ALLOWED', 'This part is already given.')
  if (value !== undefined && environmentVariable !== undefined) return issue('EXACTLY_ONE', 'Give a value or a variable, not both.')
  const plain = value?.reveal() ?? ''
  const most = isColumnPart(name) ? 8_192 : MAX_PART_BYTES
  if (!plain.isWellFormed() || plain.includes('\u0000') || Buffer.byteLength(plain) > most)
    return issue('OUT_OF_RANGE', `The value must be text of at most ${most} bytes.`)
  if (looksMasked(plain)) return issue('API_KEY_MASKED', 'This is a mask, not a value. Give the full value, or the mask as it was shown.')
  if (name !== 'endpoint' || plain === '') return []
  const refusal = refusalOf(plain) ?? endpointProblem(plain)
  return refusal === null ? [] : issue('URL_NOT_ALLOWED', refusal)
}

function endpointProblem(url: string): string | null {
  return canonicalUrl(url).startsWith('raw:')
    ? 'The endpoint is not written as one that is called: no blanks, "\\" or steps such as "..".'
    : null
}
