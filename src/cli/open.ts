import { randomUUID } from 'node:crypto'
import { hostname, userInfo } from 'node:os'
import { checkKeyring, findOutdatedKeys, readKnownKeys, registerKeys } from '../api-keys/encryption-keys.ts'
import { createRecordRefusal, type Refusal } from '../audit/record-refusal.ts'
import { GATEWAY_RULES } from '../auth/caller-rules.ts'
import type { Caller } from '../auth/principal.ts'
import type { Config } from '../config.ts'
import type { Keyring } from '../crypto/keyring.ts'
import { type Database, isDatabaseThere, openDatabase } from '../database/client.ts'
import { migrate, migrationsApplied } from '../database/migrate.ts'
import { sqlitePath } from '../database/sqlite.ts'
import { DomainError, StartupError } from '../errors.ts'
import { findKeys, readKeyring } from '../key-file.ts'
import type { Shell } from './shell.ts'

/** What every command works with that looks into the database. */
export interface Open {
  readonly config: Config
  readonly database: Database
  readonly caller: Caller
  readonly clock: () => Date
}

/** Besides that, what opens and seals secrets. */
export interface OpenWithKeys extends Open {
  readonly keyring: Keyring
}

/**
 * Opens the database that the gateways use, beside them, for one piece of work. Never makes or migrates one: a mistyped
 * address must not end in an empty database, nor a newer program change what older gateways use.
 * @throws StartupError.
 */
export async function withDatabase<T>(shell: Shell, work: (open: Open) => Promise<T>): Promise<T> {
  return withDatabaseAsItIs(shell, async (open) => {
    if (await migrationsApplied(open.database)) return work(open)
    throw new StartupError(
      `The database ${open.database.location} is not up to date with this release. Start this release's gateway on it once: that migrates it.`,
    )
  })
}

/** The same for work that needs no table, also on a database that this release has not migrated yet. */
export async function withDatabaseAsItIs<T>(shell: Shell, work: (open: Open) => Promise<T>): Promise<T> {
  const config = shell.loadConfig()
  if (!isDatabaseThere(config.DATABASE_URL))
    throw new StartupError(
      `There is no database at ${sqlitePath(config.DATABASE_URL)} yet. Start the gateway once with \`gateway serve\`, run this in its working directory, or set DATABASE_URL.`,
    )
  const database = await openDatabase(config.DATABASE_URL)
  try {
    return await work({ config, database, caller: callerOf(), clock: shell.clock })
  } finally {
    await database.close()
  }
}

/**
 * Makes the database ready where no gateway was ever started, in the way that the first start does: with its keys, and migrated
 * under the lock. Leaves one alone that gateways have used. Tells on standard error what it made.
 * @throws StartupError.
 */
export async function prepareNewDatabase(shell: Shell): Promise<void> {
  const config = shell.loadConfig()
  const database = await openDatabase(config.DATABASE_URL)
  try {
    if ((await readKnownKeys(database)).length > 0) return
    const keys = await findKeys(database, config.ENCRYPTION_KEYS, (message) => shell.error(`${message}\n`))
    const keyring = readKeyring(keys)
    await migrate(database)
    await registerKeys(database, keyring, shell.clock())
    shell.error(`Created the database ${database.location}.\n`)
  } finally {
    await database.close()
  }
}

/** The same with the configured keys, whether or not these are the right ones: for looking into what is wrong. */
export async function withConfiguredKeys<T>(shell: Shell, work: (open: OpenWithKeys) => Promise<T>): Promise<T> {
  return withDatabase(shell, async (open) => {
    const keyring = readKeyring(await findKeys(open.database, open.config.ENCRYPTION_KEYS))
    return work({ ...open, keyring })
  })
}

/**
 * The same with keys that are proven to be those of the database.
 * @throws StartupError, also when no gateway has been started with the first key: it could not read what is sealed with it.
 */
export async function withKeyring<T>(shell: Shell, work: (open: OpenWithKeys) => Promise<T>): Promise<T> {
  return withConfiguredKeys(shell, async (open) => {
    await checkKeyring(open.database, open.keyring)
    const { kid } = open.keyring.primary
    if (!(await readKnownKeys(open.database)).some((key) => key.kid === kid))
      throw new StartupError(
        `No gateway has been started with the first encryption key, ${kid}, so none could read what is sealed with it. Restart the gateways with these keys first.`,
      )
    if ((await findOutdatedKeys(open.database.prisma, open.keyring)).length > 0)
      throw new StartupError('Secrets of an earlier release are not upgraded yet. Start the gateway once to upgrade them.')
    return work(open)
  })
}

/** Besides the database, the keys where they can be read and belong to it. */
export interface OpenWithKeysIfThere extends Open {
  readonly keyring: Keyring | null
}

/** For what must work without the keys, and says or does more with them. */
export async function withKeysIfThere<T>(shell: Shell, work: (open: OpenWithKeysIfThere) => Promise<T>): Promise<T> {
  return withDatabase(shell, async (open) => work({ ...open, keyring: await keyringIfThere(open) }))
}

async function keyringIfThere({ database, config }: Open): Promise<Keyring | null> {
  try {
    const keyring = readKeyring(await findKeys(database, config.ENCRYPTION_KEYS))
    await checkKeyring(database, keyring)
    return keyring
  } catch (error) {
    if (error instanceof StartupError) return null
    throw error
  }
}

/** Whoever may read the database and the keys may do everything. The audit log tells the user and the machine. */
function callerOf(): Caller {
  const principal = {
    kind: 'COMMAND_LINE',
    tokenId: `${userName()}@${hostname()}`,
    tokenName: 'command line',
    role: 'ADMIN',
    calls: null,
  } as const
  return { principal, channel: 'cli', rules: GATEWAY_RULES, requestId: randomUUID() }
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // In a container the user often has a number and no name.
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}

/** Does a change, and leaves an audit event when a rule refuses it. */
export async function orRecordRefusal<T>(
  { database, caller, clock }: Open,
  change: Pick<Refusal, 'operation' | 'subjectType' | 'subjectId'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof DomainError) await createRecordRefusal(database, clock, () => {})(caller, { ...change, code: error.code })
    throw error
  }
}
