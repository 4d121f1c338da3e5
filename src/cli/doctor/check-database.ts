import { checkKeyring, countSecretsByKey, countTokensByKey, readKnownKeys } from '../../api-keys/encryption-keys.ts'
import { verifySecrets } from '../../api-keys/verify-secrets.ts'
import { findValidAdmins } from '../../auth/admin-tokens.ts'
import { verifyTokens } from '../../auth/renew-token-macs.ts'
import type { Config } from '../../config.ts'
import type { Keyring } from '../../crypto/keyring.ts'
import { type Database, databaseFile, isDatabaseThere, openDatabase } from '../../database/client.ts'
import { isDamaged, reasonOf } from '../../database/failures.ts'
import { countPendingMigrations } from '../../database/migrate.ts'
import { StartupError } from '../../errors.ts'
import { findKeys, readKeyring } from '../../key-file.ts'
import { hasCredential } from '../../providers/route-fields.ts'
import { findUpgradedKeys } from '../../upgrade/find-upgraded-keys.ts'
import { secretsAndTokens } from '../output.ts'
import { unreadableAdvice, unverifiedAdvice } from '../unverified.ts'
import { checkRows } from './check-rows.ts'
import { ailing, type Finding, fine } from './finding.ts'

const PING_MS = 3_000
/** What two clocks may differ by without harm to expiries and the order of the audit log. */
const CLOCK_TOLERANCE_MS = 10_000

/** Everything that only the database can tell. Changes nothing, and makes nothing. */
export async function checkDatabase(config: Config, now: Date): Promise<Finding[]> {
  if (!isDatabaseThere(config.DATABASE_URL))
    return [
      ailing(
        'database',
        `There is none at ${databaseFile(config.DATABASE_URL)} yet. \`gateway serve\` creates it at its first start; or set DATABASE_URL.`,
      ),
    ]
  const opened = await openDatabase(config.DATABASE_URL).catch((error: unknown) => ailing('database', messageOf(error)))
  if ('check' in opened) return [opened]
  try {
    if (!(await opened.ping(PING_MS)))
      return [ailing('database', `${opened.location} does not answer. Check that it runs and is not overloaded.`)]
    const findings = [fine('database', opened.location), ...(await checkIntegrity(opened)), await checkMigrations(opened)]
    if (findings.some(({ advice }) => advice !== null)) return [...findings, ...(await checkKeysBeforeStart(opened, config))]
    const rows = await checkRows(opened)
    const others = await checkContents(opened, config, now).catch((error: unknown) => {
      // A row that cannot be read, and is named, may end the checks that read all.
      if (rows.advice === null || isDamaged(error)) throw error
      return []
    })
    return [...findings, rows, ...others]
  } catch (error) {
    if (isDamaged(error)) return [ailing('database', 'The file is damaged. Stop the gateway, keep the file, and restore a backup.')]
    return [ailing('database', `It cannot be read: ${reasonOf(error)}`)]
  } finally {
    await opened.close()
  }
}

async function checkContents(database: Database, config: Config, now: Date): Promise<Finding[]> {
  const { keyring, keys } = await checkKeys(database, config)
  // Without the right keys no gateway starts, and nothing can be said of secrets and tokens.
  const contents = keyring === null ? [] : [await checkSecrets(database, keyring), ...(await checkTokens(database, keyring, config, now))]
  return [...keys, ...contents, await checkClock(database, now)]
}

/** A file can be read in most places and be damaged in one. */
async function checkIntegrity({ engine }: Database): Promise<Finding[]> {
  if (engine.isWhole === null) return []
  return (await engine.isWhole())
    ? [fine('integrity', 'the file is not damaged')]
    : [ailing('integrity', 'The file is damaged. Stop the gateway, keep the file, and restore a backup: docs/operations.md says how.')]
}

async function checkMigrations(database: Database): Promise<Finding> {
  try {
    if ((await countPendingMigrations(database)) === 0) return fine('migrations', 'all are applied')
    return ailing('migrations', "Some of this release are missing. Start this release's gateway once: it applies them.")
  } catch (error) {
    if (error instanceof StartupError) return ailing('migrations', error.message)
    throw error
  }
}

/** What a first start would refuse. With SQLite it makes a key, which looking for one would do now. */
async function checkKeysBeforeStart(database: Database, { ENCRYPTION_KEYS }: Config): Promise<Finding[]> {
  if (database.file !== null) return []
  try {
    readKeyring(await findKeys(database, ENCRYPTION_KEYS))
    return []
  } catch (error) {
    if (error instanceof StartupError) return [ailing('encryption keys', error.message)]
    throw error
  }
}

/** The keyring is null when it is not the one of the database. */
async function checkKeys(database: Database, config: Config): Promise<{ keyring: Keyring | null; keys: Finding[] }> {
  const { ENCRYPTION_KEYS } = config
  const known = await readKnownKeys(database)
  // Looking for a key file now would make one.
  if (known.length === 0 && ENCRYPTION_KEYS === '')
    return wrongKeys('No gateway has been started on this database yet. Start one: it creates the key.')
  try {
    const source = await findKeys(database, ENCRYPTION_KEYS)
    const keyring = readKeyring(source)
    await checkKeyring(database, keyring)
    const { kid } = keyring.primary
    const keySource = source.path ?? 'ENCRYPTION_KEYS'
    if (!known.some((key) => key.kid === kid))
      return wrongKeys(`The first of ${keySource}, ${kid}, is new. Restart the gateways, so that they know it.`)
    return {
      keyring,
      keys: [
        fine('encryption keys', `${keySource} opens this database`),
        await checkRotation(database, keyring),
        await checkBaseUrls(database),
      ],
    }
  } catch (error) {
    if (error instanceof StartupError) return wrongKeys(error.message)
    throw error
  }
}

function wrongKeys(advice: string): { keyring: null; keys: Finding[] } {
  return { keyring: null, keys: [ailing('encryption keys', advice)] }
}

async function checkRotation({ prisma }: Database, keyring: Keyring): Promise<Finding> {
  const { kid } = keyring.primary
  const waiting = (counts: ReadonlyMap<string, number>) =>
    Array.from(counts).reduce((sum, [other, count]) => sum + (other === kid ? 0 : count), 0)
  const [secrets, tokens] = [waiting(await countSecretsByKey(prisma)), waiting(await countTokensByKey(prisma))]
  if (secrets + tokens > 0)
    return ailing('rotation', `${secretsAndTokens(secrets, tokens)} not sealed with the first key yet. Run \`gateway keys rotate\`.`)
  const old = await findUpgradedKeys(prisma, keyring)
  if (old.length === 0) return fine('rotation', 'every secret and token is sealed with the first key')
  return ailing(
    'rotation',
    `The key ${old.join(', ')} sealed secrets for release 0.1.0, which bound them to less. Rotate to a new key, then retire and remove this one: old copies of these secrets can no longer be opened.`,
  )
}

/** A base URL is shown to all who read, and ends up in logs: a credential belongs into a header. */
async function checkBaseUrls({ prisma }: Database): Promise<Finding> {
  const rows = await prisma.provider.findMany({
    where: { deletedAt: null, baseUrl: { contains: '?' } },
    select: { name: true, baseUrl: true },
    orderBy: { name: 'asc' },
  })
  const names = rows.flatMap(({ name, baseUrl }) => (hasCredential(baseUrl.slice(baseUrl.indexOf('?') + 1)) ? [name] : []))
  if (names.length === 0) return fine('base URLs', 'none contains a credential')
  return ailing('base URLs', `A credential is in the base URL of ${names.slice(0, 20).join(', ')}. Put it into a header, which is sealed.`)
}

async function checkSecrets(database: Database, keyring: Keyring): Promise<Finding> {
  const advice = unreadableAdvice(await verifySecrets(database, keyring, () => {}))
  return advice === null ? fine('secrets', 'all open') : ailing('secrets', advice)
}

async function checkTokens({ prisma }: Database, keyring: Keyring, config: Config, now: Date): Promise<Finding[]> {
  const { unverified } = await verifyTokens(prisma, keyring)
  const found = unverified === 0 ? fine('access tokens', 'all verify') : ailing('access tokens', unverifiedAdvice(unverified).join(' '))
  return [found, checkAdmin((await findValidAdmins(prisma, keyring, now)).length, config)]
}

function checkAdmin(count: number, { ADMIN_TOKEN }: Config): Finding {
  if (count > 0) return fine('admin tokens', `${count} valid`)
  if (ADMIN_TOKEN !== '') return fine('admin tokens', 'ADMIN_TOKEN is used from the next start on')
  return ailing('admin tokens', 'No valid one. Create one: `gateway tokens create --name me --role admin`.')
}

async function checkClock(database: Database, now: Date): Promise<Finding> {
  const server = await database.engine.readClock()
  const difference = server === null ? 0 : server.getTime() - now.getTime()
  if (Math.abs(difference) > CLOCK_TOLERANCE_MS)
    return ailing(
      'clock',
      `It differs from the database server's by ${Math.round(Math.abs(difference) / 1_000)} s. Synchronize both (NTP).`,
    )
  // The one that was written last: others may be of a time when the clock was wrong.
  const newest = await database.prisma.auditEvent.findFirst({ orderBy: { number: 'desc' }, select: { createdAt: true } })
  if (newest !== null && newest.createdAt.getTime() - now.getTime() > CLOCK_TOLERANCE_MS)
    return ailing('clock', `The newest audit event is of ${newest.createdAt.toISOString()}, in the future. Set the clock (NTP).`)
  return fine('clock', `${now.toISOString().slice(0, 19)}Z`)
}

function messageOf(error: unknown): string {
  return error instanceof StartupError ? error.message : `It cannot be opened: ${reasonOf(error)}`
}
