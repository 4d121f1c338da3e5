import { fingerprint, seal } from '../crypto/envelope.ts'
import type { Keyring } from '../crypto/keyring.ts'
import { reseal } from '../crypto/rotate.ts'
import type { Secret } from '../crypto/secret.ts'
import { UnreadableSecretError } from '../crypto/unreadable-secret-error.ts'
import type { TransactionClient } from '../database/client.ts'
import { insertRows } from '../database/insert-row.ts'
import type { KeyRow } from '../destination/stored-rows.ts'
import type { SealedSecrets } from './provider-secrets.ts'
import { apiKeyBinding, fieldDestination, keyDestination, keyOfField, providerSecretBinding, type StoredRows } from './secret-binding.ts'

/** What a change does to the secrets of a provider. Those that it does not name stay, as long as their key does. */
export interface SecretChanges {
  /** New values by the id of the key: a text to seal, or null for none. For a key in a variable, what names the variable. */
  readonly values: ReadonlyMap<string, Secret | null>
  readonly fields: ReadonlyMap<string, Secret | null>
  /** Fields among these in which something stays that was stored. */
  readonly carried: ReadonlySet<string>
}

/** A secret that stays and would go elsewhere. */
export interface Move {
  /** The id of the key, or the provider's field. */
  readonly secret: string
  readonly from: string
  readonly to: string
}

/** What is to be written, sealed. */
export interface SecretWrites {
  readonly keys: readonly { apiKeyId: string; sealed: string; kid: string; fingerprint: string }[]
  readonly fields: readonly { providerId: string; field: string; sealed: string; kid: string }[]
  readonly droppedKeys: readonly string[]
  readonly droppedFields: readonly string[]
  /** The moved secrets that cannot be read. They stay as they are, and so go nowhere. */
  readonly unreadable: readonly string[]
}

/** The secrets that stay although their destination becomes another one: what counts as a move. What follows from one is in `providers/move-secrets.ts`. */
export function findMoves(before: StoredRows, after: StoredRows, sealed: SealedSecrets, changes: SecretChanges): Move[] {
  const moves: Move[] = []
  for (const id of sealed.keys.keys()) {
    const [old, now] = [keyById(before, id), keyById(after, id)]
    if (old === undefined || now === undefined || changes.values.has(id)) continue
    moves.push({ secret: id, from: keyDestination(before, old), to: keyDestination(after, now) })
  }
  for (const field of sealed.fields.keys()) {
    if (changes.fields.has(field) && !changes.carried.has(field)) continue
    const [from, to] = [fieldDestination(before, field), fieldDestination(after, field)]
    if (from !== null && to !== null) moves.push({ secret: field, from, to })
  }
  return moves.filter(({ from, to }) => from !== to)
}

/** Seals what is new, and anew what moves. */
export function planWrites(
  keyring: Keyring,
  before: StoredRows,
  after: StoredRows,
  sealed: SealedSecrets,
  changes: SecretChanges,
  moves: readonly Move[],
): SecretWrites {
  const providerId = after.provider.id
  const unreadable: string[] = []
  const readable = <Sealed>(secret: string, work: () => Sealed): Sealed | null => {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof UnreadableSecretError)) throw error
      unreadable.push(secret)
      return null
    }
  }
  const keys = after.keys.flatMap((key) => {
    const fresh = changes.values.get(key.id)
    if (fresh) return [{ apiKeyId: key.id, ...seal(keyring, fresh, apiKeyBinding(after, key)), fingerprint: fingerprint(keyring, fresh) }]
    const [text, old] = [sealed.keys.get(key.id), keyById(before, key.id)]
    if (text === undefined || old === undefined || !moves.some(({ secret }) => secret === key.id)) return []
    const moved = readable(key.id, () => reseal(keyring, text.sealed, apiKeyBinding(before, old), apiKeyBinding(after, key)))
    return moved === null ? [] : [{ apiKeyId: key.id, ...moved }]
  })
  const fresh = [...changes.fields].flatMap(([field, secret]) =>
    secret === null ? [] : [{ providerId, field, ...seal(keyring, secret, providerSecretBinding(after, field)) }],
  )
  const moved = moves.flatMap(({ secret: field }) => {
    const text = sealed.fields.get(field)
    if (text === undefined || changes.fields.has(field)) return []
    const to = readable(field, () =>
      reseal(keyring, text.sealed, providerSecretBinding(before, field), providerSecretBinding(after, field)),
    )
    return to === null ? [] : [{ providerId, field, sealed: to.sealed, kid: to.kid }]
  })
  const isLost = (field: string) => {
    const owner = keyOfField(field)
    return owner !== null && keyById(after, owner) === undefined
  }
  const droppedFields = [...sealed.fields.keys()].filter((field) => isLost(field) || changes.fields.get(field) === null)
  const droppedKeys = [...sealed.keys.keys()].filter((id) => changes.values.get(id) === null)
  return { keys, fields: [...fresh, ...moved], droppedKeys, droppedFields, unreadable }
}

/** Writes all of it, with at most one statement per table and kind of change. The keys themselves are there already. */
export async function writeSecrets(transaction: TransactionClient, providerId: string, writes: SecretWrites): Promise<void> {
  const { keys, fields, droppedKeys, droppedFields } = writes
  if (droppedKeys.length > 0) await transaction.apiKeySecret.deleteMany({ where: { apiKeyId: { in: [...droppedKeys] } } })
  if (droppedFields.length > 0) await transaction.providerSecret.deleteMany({ where: { providerId, field: { in: [...droppedFields] } } })
  await insertRows(transaction, 'apiKeySecret', keys, ['api_key_id'])
  await insertRows(transaction, 'providerSecret', fields, ['provider_id', 'field'])
}

function keyById({ keys }: StoredRows, id: string): KeyRow | undefined {
  return keys.find((key) => key.id === id)
}
