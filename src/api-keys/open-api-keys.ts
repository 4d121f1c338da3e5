import { opener } from '../crypto/envelope.ts'
import type { Keyring } from '../crypto/keyring.ts'
import { Secret } from '../crypto/secret.ts'
import { UnreadableSecretError } from '../crypto/unreadable-secret-error.ts'
import { readCredentialParts } from '../destination/stored-rows.ts'
import type { ApiKey } from '../generated/prisma-sqlite/client.ts'
import { parseSealedParts, VALUE_PART, variablesOf } from './credential-parts.ts'
import type { StoredKeys } from './plan-key-changes.ts'
import { fieldOpener } from './provider-secrets.ts'
import { apiKeyBinding, partsField } from './secret-binding.ts'
import { maskVariable, type ReadSecretVariable, SecretVariableError } from './secret-variable.ts'

/** The credential of a key, opened for one call. */
export interface OpenedKey {
  /** Null for a key without a value, whose credential is in its parts. */
  readonly value: Secret | null
  /** The parts of the credential by name, e.g. `aws.secretAccessKey`; those with a column, too. */
  readonly parts: ReadonlyMap<string, Secret>
  /** The endpoint of its own; null for the provider's. */
  readonly endpoint: string | null
}

/**
 * Opens a key of what was read at once, each time that it is called: secrets are decrypted then, everything else is worked
 * out here, once. What stands in a variable is taken from there, when the row names the one that was sealed.
 * @throws UnreadableSecretError when a text cannot be opened with the keyring, or was sealed for another destination;
 * SecretVariableError when a variable has no value. The opener throws them too.
 */
export function apiKeyOpener(keyring: Keyring, stored: StoredKeys, key: ApiKey, readVariable: ReadSecretVariable): () => OpenedKey {
  const parts = readCredentialParts(key.credentialParts)
  const openParts = partsOpener(keyring, stored, key, readVariable)
  const mayBeNone = parts.some(({ name }) => name === VALUE_PART)
  const openValue = valueOpener(keyring, stored, key, mayBeNone, readVariable)
  return () => ({
    parts: openParts(),
    value: openValue(),
    endpoint: key.endpointVariable === null ? key.endpoint : fromEnvironment(key.endpointVariable, readVariable).reveal(),
  })
}

/** The parts of a key's credential, those in columns and in variables too. Where none is sealed or in a variable they are always the same. */
function partsOpener(keyring: Keyring, stored: StoredKeys, key: ApiKey, readVariable: ReadSecretVariable): () => OpenedKey['parts'] {
  const variables = Object.entries(variablesOf(readCredentialParts(key.credentialParts)))
  const columns = Object.entries({ 'aws.region': key.region, 'aws.roleArn': key.roleArn, 'aws.externalId': key.externalId })
  const openSealed = fieldOpener(keyring, stored.rows, stored.sealed, partsField(key.id))
  const open = () => {
    const sealed = parseSealedParts(openSealed())
    const isAsSealed =
      variables.length === Object.keys(sealed.variables).length && variables.every(([name, one]) => sealed.variables[name] === one)
    if (!isAsSealed) throw new UnreadableSecretError('NOT_AUTHENTIC')
    const values = [...columns, ...Object.entries(sealed.values)].flatMap(([name, value]) =>
      value === null ? [] : [[name, new Secret(value)] as const],
    )
    return new Map([...values, ...variables.map(([name, one]) => [name, fromEnvironment(one, readVariable)] as const)])
  }
  if (variables.length > 0 || stored.sealed.fields.has(partsField(key.id))) return open
  const known = open()
  return () => known
}

/** @param mayBeNone whether the key was given with parts, and so perhaps without a value. */
function valueOpener(
  keyring: Keyring,
  stored: StoredKeys,
  key: ApiKey,
  mayBeNone: boolean,
  readVariable: ReadSecretVariable,
): () => Secret | null {
  const text = stored.sealed.keys.get(key.id)
  if (text === undefined && mayBeNone && key.environmentVariable === null) return () => null
  const openText = opener(keyring, text?.sealed ?? '', apiKeyBinding(stored.rows, key))
  const { environmentVariable } = key
  return environmentVariable === null ? openText : () => fromEnvironment(sealedName(openText(), environmentVariable), readVariable)
}

/** The variable that was sealed, when it is the one that the row names. */
function sealedName(value: Secret, named: string): string {
  if (value.reveal() !== maskVariable(named)) throw new UnreadableSecretError('NOT_AUTHENTIC')
  return named
}

function fromEnvironment(name: string, readVariable: ReadSecretVariable): Secret {
  const value = readVariable(name)
  if (typeof value === 'string') throw new SecretVariableError(name, value)
  return value
}
