import { findOutdatedKeys, renewCanary } from '../api-keys/encryption-keys.ts'
import { recordAudit } from '../audit/record.ts'
import { gatewayItself } from '../auth/admin-token.ts'
import { upgradeTokens } from '../auth/upgrade-tokens.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { Database, TransactionClient } from '../database/client.ts'
import type { FirstReleaseReader } from '../first-release.ts'
import { upgradeProviders } from './upgrade-providers.ts'

export const SECRETS_UPGRADED = 'encryption_key.secrets_upgraded'

/** As long as migrations may take. */
const PATIENCE_MS = 600_000

/**
 * Brings what an earlier release has stored into the form of this one, where migrations cannot: what is sealed. The marker
 * is the canary of each key, which only the key can make. One transaction under the lock of the migrations: killed during it,
 * a process begins again at its next start, and of processes that start together one does it.
 * @param readers Know the words of what was kept for others than the gateway.
 */
export async function upgradeStoredData(
  database: Database,
  keyring: Keyring,
  readers: readonly FirstReleaseReader[],
  now: Date,
  log: (message: string) => void,
): Promise<void> {
  if ((await findOutdatedKeys(database.prisma, keyring)).length === 0) return
  const upgraded = await database.engine.migrateAlone((transaction) => upgradeAll(transaction, keyring, readers, now), PATIENCE_MS)
  if (upgraded !== null) log(`Brought what was stored into the form of this release: ${JSON.stringify(upgraded)}.`)
}

async function upgradeAll(
  transaction: TransactionClient,
  keyring: Keyring,
  readers: readonly FirstReleaseReader[],
  now: Date,
): Promise<Record<string, number> | null> {
  const outdated = await findOutdatedKeys(transaction, keyring)
  if (outdated.length === 0) return null
  const providers = await upgradeProviders(transaction, keyring, readers, outdated)
  const tokens = await upgradeTokens(transaction, keyring)
  for (const key of outdated) await renewCanary(transaction, key)
  const counts = { ...providers, tokens: tokens.length }
  const event = {
    action: SECRETS_UPGRADED,
    subjectType: 'encryption_key',
    subjectId: keyring.primary.kid,
    changes: { ...counts, tokenNames: [...tokens], keys: outdated.map(({ kid }) => kid) },
  } as const
  await recordAudit(transaction, gatewayItself(), event, now)
  return counts
}
