import type { Keyring } from '../crypto/keyring.ts'
import type { Secret } from '../crypto/secret.ts'
import { UnreadableSecretError } from '../crypto/unreadable-secret-error.ts'
import { type CredentialPart, isShownPart, readCredentialParts } from '../destination/stored-rows.ts'
import { ValidationError } from '../errors.ts'
import type { ApiKey } from '../generated/prisma-sqlite/client.ts'
import { COLUMN_PARTS, isColumnPart, parseSealedParts, sealableParts, VALUE_PART, variablesOf } from './credential-parts.ts'
import { mergeExtensions } from './extensions.ts'
import { type CredentialPartInput, isGiven, type KeyConfigurationInput } from './key-configuration.ts'
import { maskInMiddle } from './mask.ts'
import { openField, type SealedSecrets } from './provider-secrets.ts'
import { partsField, type StoredRows } from './secret-binding.ts'

type PartColumns = Pick<
  ApiKey,
  'endpoint' | 'endpointVariable' | 'region' | 'roleArn' | 'externalId' | 'models' | 'exceptModels' | 'extensions'
>

/** What a configuration makes of a key. */
export interface PartsPlan {
  readonly columns: PartColumns
  /** The column `credentialParts`, without the mask of the value. */
  readonly parts: readonly CredentialPart[]
  /** The text to seal; null for none, undefined when what is sealed stays as it is. */
  readonly sealed: Secret | null | undefined
  /** Whether something stays in it that was stored. */
  readonly carries: boolean
}

/**
 * @param stored The key as it is; null for a new one.
 * @param opening Opens the sealed parts that are stored: only where some stay and others change.
 * @param path Where the key is in the input.
 * @throws ValidationError when a part is to be kept that is not stored, or cannot be read.
 */
export function planParts(
  configuration: KeyConfigurationInput,
  stored: ApiKey | null,
  opening: { keep(): ReadonlyMap<string, string> },
  path: readonly string[],
): PartsPlan {
  const known = readCredentialParts(stored?.credentialParts).filter(({ name }) => name !== VALUE_PART)
  const columns = columnsOf(configuration, stored, path)
  if (configuration.parts === undefined) return { columns, parts: known, sealed: undefined, carries: false }
  const given = configuration.parts.map((part) => ({ part, isKept: !isGiven(part) }))
  for (const { part, isKept } of given) if (isKept && !isStored(part.name, stored, known)) throw nothingToKeep([...path, ...part.at])
  const secretParts = given.filter(({ part }) => !isColumnPart(part.name))
  const parts = given.flatMap(({ part, isKept }) => partRow(part, isKept, known))
  const isSame = secretParts.every(({ isKept }) => isKept) && secretParts.length === known.filter(({ name }) => !isColumnPart(name)).length
  const carries = secretParts.some(({ isKept }) => isKept)
  // The variables of parts with a column are sealed with the others.
  const isSealedSame = isSame && JSON.stringify(variablesOf(parts)) === JSON.stringify(variablesOf(known))
  if (stored !== null && isSealedSame) return { columns, parts, sealed: undefined, carries }
  const before = carries ? opening.keep() : new Map<string, string>()
  const values = secretParts.flatMap(({ part, isKept }) => {
    const value = isKept ? before.get(part.name) : part.value?.reveal()
    return value === undefined ? [] : [[part.name, value] as const]
  })
  return { columns, parts, sealed: sealableParts({ values: Object.fromEntries(values), variables: variablesOf(parts) }), carries }
}

/** The sealed parts of a stored key by name. @throws ValidationError when they cannot be read. */
export function openStoredParts(
  keyring: Keyring,
  rows: StoredRows,
  sealed: SealedSecrets,
  id: string,
  path: readonly string[],
): ReadonlyMap<string, string> {
  try {
    return new Map(Object.entries(parseSealedParts(openField(keyring, rows, sealed, partsField(id))).values))
  } catch (error) {
    if (!(error instanceof UnreadableSecretError)) throw error
    const message = 'A stored secret cannot be read with the configured encryption keys. Give all parts of the key again with this change.'
    throw new ValidationError([{ path, rule: 'API_KEY_UNREADABLE', message }])
  }
}

function isStored(name: string, stored: ApiKey | null, known: readonly CredentialPart[]): boolean {
  if (known.some((part) => part.name === name)) return true
  if (stored === null || !isColumnPart(name)) return false
  return name === 'endpoint' ? stored.endpoint !== null || stored.endpointVariable !== null : stored[COLUMN_PARTS[name]] !== null
}

/** What the row says of a part: nothing of one that has a column, unless a variable holds it. */
function partRow(
  { name, value, environmentVariable }: CredentialPartInput,
  isKept: boolean,
  known: readonly CredentialPart[],
): CredentialPart[] {
  if (isKept) return known.filter((part) => part.name === name)
  if (name === 'endpoint') return []
  if (environmentVariable !== undefined) return [{ name, masked: '', environmentVariable }]
  const text = value?.reveal() ?? ''
  return isColumnPart(name) ? [] : [{ name, masked: isShownPart(name, text) ? text : maskInMiddle(text), environmentVariable: null }]
}

function columnsOf(
  { parts, models, exceptModels, extensions }: KeyConfigurationInput,
  stored: ApiKey | null,
  path: readonly string[],
): PartColumns {
  return {
    ...placesOf(parts, stored),
    models: models === undefined ? (stored?.models ?? null) : models && [...models],
    exceptModels: exceptModels === undefined ? (stored?.exceptModels ?? null) : exceptModels && [...exceptModels],
    extensions:
      extensions === undefined ? (stored?.extensions ?? null) : mergeExtensions(stored?.extensions, extensions, [...path, 'extensions']),
  }
}

/** The parts that have a column of their own. */
function placesOf(
  parts: KeyConfigurationInput['parts'],
  stored: ApiKey | null,
): Pick<PartColumns, 'endpoint' | 'endpointVariable' | 'region' | 'roleArn' | 'externalId'> {
  const part = (name: string) => parts?.find((one) => one.name === name)
  const text = (name: keyof typeof COLUMN_PARTS): string | null => {
    const before = stored?.[COLUMN_PARTS[name]] ?? null
    if (parts === undefined) return before
    const given = part(name)
    if (given === undefined || given.environmentVariable !== undefined) return null
    return given.value === undefined ? before : given.value.reveal() || null
  }
  const endpoint = part('endpoint')
  const keepsEndpoint = parts === undefined || (endpoint !== undefined && !isGiven(endpoint))
  return {
    endpoint: text('endpoint'),
    endpointVariable: keepsEndpoint ? (stored?.endpointVariable ?? null) : (endpoint?.environmentVariable ?? null),
    region: text('aws.region'),
    roleArn: text('aws.roleArn'),
    externalId: text('aws.externalId'),
  }
}

function nothingToKeep(path: readonly string[]): ValidationError {
  const message = 'This part cannot be kept: none is stored.'
  return new ValidationError([{ path, rule: 'NOTHING_TO_KEEP', message }])
}
