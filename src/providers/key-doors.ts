import type { ApiKeyChange, KeptApiKey } from '../api-keys/api-key-input.ts'
import { ENDPOINT_PATHS } from '../api-keys/bifrost-key.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { TransactionClient } from '../database/client.ts'
import type { Provider } from '../generated/prisma-sqlite/client.ts'
import { findPlacedKeys, keyOf, type PlacedKey, placeAfter, placeOfStored, storedKeyOf } from './key-places.ts'

/**
 * The keys by which a change would send what is stored to another place than before: a key of Bifrost can have an endpoint of
 * its own. There go the parts of its credential that stay, and the sealed headers of the provider, whoever gave the key.
 * @param keepsHeaders Whether sealed headers of the provider stay.
 */
export async function openedKeyDoors(
  transaction: TransactionClient,
  keyring: Keyring,
  provider: Provider,
  changes: readonly ApiKeyChange[],
  keepsHeaders: boolean,
): Promise<string[]> {
  // Only a configuration can name an endpoint, and most changes bring none.
  if (!changes.some((change) => keyOf(change)?.bifrost !== undefined)) return []
  const stored = await findPlacedKeys(transaction, keyring, provider)
  const places = stored.map(placeOfStored)
  return changes.flatMap((change) => {
    if (keyOf(change)?.bifrost === undefined) return []
    const place = placeAfter(change, stored)
    const before = storedKeyOf(change, stored)
    const isNew = place === null || !places.includes(place)
    const takesHeaders = keepsHeaders && place !== '' && isNew
    const takesParts = before !== undefined && 'keep' in change && keepsPart(change.keep, before) && place !== placeOfStored(before)
    if (!takesHeaders && !takesParts) return []
    return ['keep' in change ? `apiKeys.${change.keep.id}` : 'apiKeys.added']
  })
}

/** Whether a part of the credential stays that is stored with the key. */
function keepsPart({ value, environmentVariable, bifrost }: KeptApiKey, { masked }: PlacedKey): boolean {
  const keepsValue = value === undefined && environmentVariable === undefined && masked !== ''
  return (
    keepsValue ||
    (bifrost?.secrets ?? []).some(
      (part) => part.value === undefined && part.environmentVariable === undefined && !ENDPOINT_PATHS.includes(part.path),
    )
  )
}
