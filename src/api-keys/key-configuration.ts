import { checkText } from '../check-text.ts'
import type { Secret } from '../crypto/secret.ts'
import { canonicalUrl } from '../destination/canonical-url.ts'
import type { ValidationIssue } from '../errors.ts'
import { COLUMN_PARTS, isColumnPart, SECRET_PARTS } from './credential-parts.ts'
import { checkExtensions, type ExtensionChanges, isNamespace } from './extensions.ts'
import { looksMasked } from './mask.ts'

/** A value to store or the variable that holds it, never both; neither leaves as it is what is stored. */
export type SecretSource =
  | { readonly value: Secret; readonly environmentVariable: undefined }
  | { readonly value: undefined; readonly environmentVariable: string | undefined }

export const NO_SOURCE: SecretSource = { value: undefined, environmentVariable: undefined }

export function isGiven({ value, environmentVariable }: SecretSource): boolean {
  return value !== undefined || environmentVariable !== undefined
}

/** A part of a key's credential. */
export type CredentialPartInput = SecretSource & {
  /** One that the gateway knows, e.g. `azure.clientSecret`, or a name that begins with a namespace and a dot. */
  readonly name: string
  /** Where the caller has it in the key, for what is wrong with it. */
  readonly at: readonly string[]
}

/** What a key has besides its value; undefined leaves as it is what is stored. */
export interface KeyConfigurationInput {
  /** The whole list: stored parts that it does not name go. With it a new key needs no value, since they may hold the credential. */
  readonly parts: readonly CredentialPartInput[] | undefined
  /** Models that the key serves; null for every one. */
  readonly models: readonly string[] | null | undefined
  /** Models that it does not serve; null for none. */
  readonly exceptModels: readonly string[] | null | undefined
  readonly extensions: ExtensionChanges
}

/** Says what is wrong with an endpoint, or null: the rules for a provider's own. */
export type RefusalOf = (url: string) => string | null

/** Where the text of a key or of a part is in it. */
export const VALUE = ['credential', 'value'] as const
export const VARIABLE = ['credential', 'environmentVariable'] as const
const MAX_PARTS = 50
const MAX_PART_BYTES = 65_536
const MAX_MODELS = 10_000
const MAX_MODEL_CHARACTERS = 2_000
const MAX_EXTENSION_CHARACTERS = 262_144
const KNOWN_PARTS: readonly string[] = [...Object.keys(COLUMN_PARTS), ...SECRET_PARTS]
const FOREIGN_PART = /^([a-z]{2,20})(?:\.[A-Za-z0-9_]{1,60}){1,4}$/

/** The rules for what a key has besides its value. */
export function checkConfiguration(
  { parts = [], models, exceptModels, extensions }: KeyConfigurationInput,
  path: readonly string[],
  refusalOf: RefusalOf,
): ValidationIssue[] {
  const tooMany = [{ path: [...path, 'credentialParts'], rule: 'OUT_OF_RANGE', message: `A key has at most ${MAX_PARTS} parts.` } as const]
  return [
    ...(parts.length > MAX_PARTS
      ? tooMany
      : parts.flatMap((part, index) => checkPart(part, parts, index, [...path, ...part.at], refusalOf))),
    ...checkModels(models ?? [], [...path, 'models']),
    ...checkModels(exceptModels ?? [], [...path, 'exceptModels']),
    ...checkExtensions(extensions, [...path, 'extensions'], MAX_EXTENSION_CHARACTERS),
  ]
}

function checkModels(models: readonly string[], path: readonly string[]): ValidationIssue[] {
  if (models.length > MAX_MODELS) return [{ path, rule: 'OUT_OF_RANGE', message: `A list has at most ${MAX_MODELS} models.` }]
  return models.flatMap((model, index) => checkText(model, [...path, String(index)], MAX_MODEL_CHARACTERS)).slice(0, 1)
}

function isPartName(name: string): boolean {
  return KNOWN_PARTS.includes(name) || isNamespace(FOREIGN_PART.exec(name)?.[1] ?? '')
}

function checkPart(
  part: CredentialPartInput,
  parts: readonly CredentialPartInput[],
  index: number,
  path: readonly string[],
  refusalOf: RefusalOf,
): ValidationIssue[] {
  const nameIssue = (message: string): ValidationIssue => ({ path: [...path, 'name'], rule: 'NOT_ALLOWED', message })
  const isRepeated = parts.findIndex(({ name }) => name === part.name) < index
  return [
    ...(isPartName(part.name) ? [] : [nameIssue('A credential has no such part.')]),
    ...(isRepeated ? [nameIssue('This part is given twice.')] : []),
    ...checkPartValue(part, path, refusalOf),
  ]
}

function checkPartValue({ name, value }: CredentialPartInput, path: readonly string[], refusalOf: RefusalOf): ValidationIssue[] {
  const issue = (rule: ValidationIssue['rule'], message: string): ValidationIssue[] => [{ path: [...path, ...VALUE], rule, message }]
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
  return canonicalUrl(url).startsWith('raw:') ? 'The endpoint must not contain spaces, "\\", or segments such as "..".' : null
}
