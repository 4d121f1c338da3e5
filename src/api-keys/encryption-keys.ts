import { canaryFormat, makeCanary } from '../crypto/canary.ts'
import type { Keyring, KeyringKey } from '../crypto/keyring.ts'
import type { Database, TransactionClient } from '../database/client.ts'
import { isMissingColumn, isMissingTable } from '../database/failures.ts'
import { raiseRevision } from '../database/revision.ts'
import { StartupError } from '../errors.ts'

export interface KnownKey {
  readonly kid: string
  readonly canary: string
  readonly createdAt: Date
  readonly retiredAt: Date | null
}

/** The encryption keys that the database knows; none for one that was never migrated. Works before migrations, on any older state. */
export async function readKnownKeys({ prisma }: Database): Promise<KnownKey[]> {
  try {
    return await prisma.encryptionKey.findMany({ select: { kid: true, canary: true, createdAt: true, retiredAt: true } })
  } catch (error) {
    if (isMissingTable(error)) return []
    throw error
  }
}

/**
 * Refuses a keyring that does not belong to the database, before anything is changed.
 * @throws StartupError that names key ids and numbers of rows, never a key.
 */
export async function checkKeyring(database: Database, keyring: Keyring): Promise<void> {
  const known = await readKnownKeys(database)
  if (known.length === 0) return
  const matching = known.filter(({ kid }) => keyring.find(kid) !== undefined)
  const impostor = matching.find(({ kid, canary }) => {
    const key = keyring.find(kid)
    return key === undefined || canaryFormat(key, canary) === null
  })
  if (impostor !== undefined)
    throw new StartupError(
      `The encryption key ${impostor.kid} does not open its own canary: the database was tampered with. Restore a backup.`,
    )
  if (matching.length === 0)
    throw new StartupError(
      `None of the configured encryption keys (${keyring.kids.join(', ')}) belongs to this database, which knows ${known.map(({ kid }) => kid).join(', ')}. Configure the right ENCRYPTION_KEYS, or put the key file back.`,
    )
  const retired = matching.find(({ kid, retiredAt }) => kid === keyring.primary.kid && retiredAt !== null)
  if (retired !== undefined)
    throw new StartupError(`The first encryption key, ${retired.kid}, was retired. Put a key that is in use first in ENCRYPTION_KEYS.`)
  await checkAllReadable(database, keyring)
}

/** Makes the keys of the keyring known to the database, each with a canary. */
export async function registerKeys(database: Database, keyring: Keyring, now: Date): Promise<void> {
  const known = new Set((await readKnownKeys(database)).map(({ kid }) => kid))
  const unknown = keyring.kids.filter((kid) => !known.has(kid))
  if (unknown.length === 0) return
  await database.write(async (transaction) => {
    // First of all: replicas that start together take turns, and the second finds what the first has made.
    await raiseRevision(transaction)
    for (const kid of unknown) {
      const key = keyring.find(kid)
      if (key === undefined) continue
      await transaction.encryptionKey.upsert({ where: { kid }, create: { kid, canary: makeCanary(key), createdAt: now }, update: {} })
    }
  })
}

/** The keys of the keyring under which texts may stand that an earlier release has sealed: their canary says so. */
export async function findOutdatedKeys(client: TransactionClient, keyring: Keyring): Promise<KeyringKey[]> {
  const rows = await client.encryptionKey.findMany({ select: { kid: true, canary: true } })
  return rows.flatMap(({ kid, canary }) => {
    const key = keyring.find(kid)
    return key !== undefined && canaryFormat(key, canary) === 'gwc1' ? [key] : []
  })
}

/** Gives a key a canary of this release: every text under it is one of this release now. */
export async function renewCanary(transaction: TransactionClient, key: KeyringKey): Promise<void> {
  await transaction.encryptionKey.update({ where: { kid: key.kid }, data: { canary: makeCanary(key) } })
}

/** How many sealed texts there are under each key. */
export async function countSecretsByKey(client: TransactionClient): Promise<ReadonlyMap<string, number>> {
  const apiKeys = await client.apiKeySecret.groupBy({ by: 'kid', _count: true })
  const secrets = await client.providerSecret.groupBy({ by: 'kid', _count: true })
  const counts = new Map<string, number>()
  for (const { kid, _count } of [...apiKeys, ...secrets]) counts.set(kid, (counts.get(kid) ?? 0) + _count)
  return counts
}

/** How many access tokens each key authenticates. */
export async function countTokensByKey(client: TransactionClient): Promise<ReadonlyMap<string, number>> {
  const rows = await client.accessToken.groupBy({ by: 'kid', where: { kid: { not: null } }, _count: true })
  return new Map(rows.map(({ kid, _count }) => [kid ?? '', _count]))
}

async function checkAllReadable({ prisma }: Database, keyring: Keyring): Promise<void> {
  const secrets = await countSecretsByKey(prisma)
  const tokens = await countTokensByKey(prisma).catch((error: unknown) => {
    // Before the migration that lets tokens have keys.
    if (isMissingColumn(error) || isMissingTable(error)) return new Map<string, number>()
    throw error
  })
  const missing = [...new Set([...secrets.keys(), ...tokens.keys()])].filter((kid) => keyring.find(kid) === undefined)
  if (missing.length === 0) return
  const list = missing
    .map((kid) => `${kid} (${[...count(secrets.get(kid), 'stored secret'), ...count(tokens.get(kid), 'access token')].join(', ')})`)
    .join(', ')
  throw new StartupError(
    `The database needs encryption keys that are not configured: ${list}. Add them to ENCRYPTION_KEYS, behind the first.`,
  )
}

function count(number: number | undefined, noun: string): string[] {
  return number === undefined ? [] : [`${number} ${noun}${number === 1 ? '' : 's'}`]
}
