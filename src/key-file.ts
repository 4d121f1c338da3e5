import { randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readKnownKeys } from './api-keys/encryption-keys.ts'
import { generateKeyText, type Keyring, parseKeyring } from './crypto/keyring.ts'
import type { Database } from './database/client.ts'
import { adviceOnWriting } from './database/failures.ts'
import { StartupError } from './errors.ts'

/** Where the text of the keyring came from; `path` is null when the operator configured it. */
export interface KeySource {
  readonly text: string
  readonly path: string | null
  readonly created: boolean
}

/**
 * Finds the encryption keys: those configured, else, with SQLite, the key file beside the database, made on the first start.
 * @param tell is told when the file was made.
 * @throws StartupError when there is no key and none may be made: a new key could not open what is stored.
 */
export async function findKeys(database: Database, configured: string, tell: (message: string) => void = () => {}): Promise<KeySource> {
  if (configured !== '') return { text: configured, path: null, created: false }
  if (database.file === null)
    throw new StartupError(
      'ENCRYPTION_KEYS is required with PostgreSQL. Create a key with `echo base64:$(openssl rand -base64 32)`, keep it safe, and set it.',
    )
  const path = keyFileOf(database.file)
  const text = readKeyFile(path)
  if (text !== null) return { text, path, created: false }
  const known = await readKnownKeys(database)
  if (known.length > 0)
    throw new StartupError(
      `The key file ${path} is missing, and the database was sealed with the key ${known.map(({ kid }) => kid).join(', ')}. Put the file back, or set ENCRYPTION_KEYS.`,
    )
  const made = createKeyFile(path)
  tell(`Made the key file ${path}. Back it up separately from the database: without it the stored API keys are lost.`)
  return { text: made, path, created: true }
}

/** The key file of a SQLite database. */
export function keyFileOf(databaseFile: string): string {
  return join(dirname(databaseFile), 'encryption.key')
}

/** A problem with the keys says where they came from: the operator may not know of the key file. */
export function readKeyring({ text, path }: Pick<KeySource, 'text' | 'path'>): Keyring {
  try {
    return parseKeyring(text)
  } catch (error) {
    if (path === null || !(error instanceof StartupError)) throw error
    throw new StartupError(`The key file ${path} cannot be used: ${error.message} Put the right one back, from a backup.`)
  }
}

function readKeyFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null
    throw new StartupError(`The key file ${path} cannot be read (${errorCode(error)}). Give the user that runs the gateway access to it.`)
  }
}

/**
 * Written whole under another name first: of two first starts at once, one makes the file and the other one reads it. Not the
 * process id: in containers every start has the same one, also that which was killed and left its draft.
 */
function createKeyFile(path: string): string {
  const text = generateKeyText()
  const draft = `${path}.${randomUUID()}`
  try {
    const file = openSync(draft, 'wx', 0o600)
    writeSync(file, `${text}\n`)
    fsyncSync(file)
    closeSync(file)
    linkSync(draft, path)
    return text
  } catch (error) {
    const others = errorCode(error) === 'EEXIST' ? readKeyFile(path) : null
    if (others !== null) return others
    const advice = adviceOnWriting(error, 'Give the user that runs the gateway write access to its folder.')
    throw new StartupError(`The key file ${path} cannot be written (${errorCode(error)}). ${advice}`, 1)
  } finally {
    rmSync(draft, { force: true })
  }
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}
