import type { ApiKeyChange, KeptApiKey, NewApiKey } from '../api-keys/api-key-input.ts'
import { type BifrostKey, ENDPOINT_PATHS, readBifrostKey } from '../api-keys/bifrost-key.ts'
import { keyConfigField, readKeyConfig } from '../api-keys/bifrost-key-secrets.ts'
import { openProviderSecret } from '../api-keys/provider-secrets.ts'
import type { Keyring } from '../crypto/keyring.ts'
import { UnreadableSecretError } from '../crypto/unreadable-secret-error.ts'
import type { TransactionClient } from '../database/client.ts'
import type { Provider } from '../generated/prisma-sqlite/client.ts'

/** A stored key of a provider, and where it is sent: a key of Bifrost can have endpoints of its own. */
export interface PlacedKey {
  readonly id: string
  readonly masked: string
  readonly environmentVariable: string | null
  readonly bifrost: BifrostKey | null
  /** The endpoints of its own, by their path in the configuration; null when they cannot be read. */
  readonly endpoints: ReadonlyMap<string, string> | null
}

/** The keys of a provider with the places that they are sent to. */
export async function findPlacedKeys(transaction: TransactionClient, keyring: Keyring, provider: Provider): Promise<PlacedKey[]> {
  const rows = await transaction.apiKey.findMany({
    where: { providerId: provider.id },
    select: { id: true, masked: true, environmentVariable: true, dialectSettings: true },
  })
  const placed: PlacedKey[] = []
  for (const { dialectSettings, ...row } of rows) {
    const bifrost = readBifrostKey(dialectSettings)
    placed.push({ ...row, bifrost, endpoints: await readEndpoints(transaction, keyring, provider, row.id, bifrost) })
  }
  return placed
}

async function readEndpoints(
  transaction: TransactionClient,
  keyring: Keyring,
  { id: providerId, type, baseUrl }: Provider,
  apiKeyId: string,
  bifrost: BifrostKey | null,
): Promise<ReadonlyMap<string, string> | null> {
  const own = (bifrost?.secrets ?? []).filter(({ path }) => ENDPOINT_PATHS.includes(path))
  if (own.length === 0) return new Map()
  try {
    const config = readKeyConfig(await openProviderSecret(transaction, keyring, { providerId, type, baseUrl }, keyConfigField(apiKeyId)))
    return new Map(own.map(({ path, environmentVariable: name }) => [path, name === null ? (config.get(path) ?? '') : inVariable(name)]))
  } catch (error) {
    if (error instanceof UnreadableSecretError) return null
    throw error
  }
}

/** No endpoint can be given with this text: it has the form of a mask. */
function inVariable(name: string): string {
  return `env:${name}`
}

/** Where a stored key is sent, as one text: empty for the endpoint of the provider, null when nobody can tell. */
export function placeOfStored({ endpoints }: PlacedKey): string | null {
  return endpoints === null ? null : placeIn(endpoints)
}

/** Where the key of a change would be sent after it. */
export function placeAfter(change: ApiKeyChange, keys: readonly PlacedKey[]): string | null {
  const stored = storedKeyOf(change, keys)
  const bifrost = keyOf(change)?.bifrost
  if (bifrost === undefined) return stored === undefined ? '' : placeOfStored(stored)
  const endpoints = new Map<string, string>()
  for (const { path, value, environmentVariable } of bifrost.secrets) {
    const isKept = value === undefined && environmentVariable === undefined
    if (isKept && stored?.endpoints === null && ENDPOINT_PATHS.includes(path)) return null
    const given = environmentVariable === undefined ? value?.reveal() : inVariable(environmentVariable)
    endpoints.set(path, given ?? stored?.endpoints?.get(path) ?? '')
  }
  return placeIn(endpoints)
}

/** The stored key that a change keeps. One that is added is new, even with the id of one that goes. */
export function storedKeyOf(change: ApiKeyChange, keys: readonly PlacedKey[]): PlacedKey | undefined {
  return 'keep' in change ? keys.find(({ id }) => id === change.keep.id) : undefined
}

/** The key that a change brings or keeps; null when it deletes one. */
export function keyOf(change: ApiKeyChange): NewApiKey | KeptApiKey | null {
  if ('add' in change) return change.add
  return 'keep' in change ? change.keep : null
}

/** All of them, though only the first is called: which one that is may change with the others. */
function placeIn(endpoints: ReadonlyMap<string, string>): string {
  const urls = ENDPOINT_PATHS.map((path) => endpoints.get(path) ?? '')
  return urls.every((url) => url === '') ? '' : urls.join('\n')
}
