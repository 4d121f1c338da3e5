import { accessSync, constants } from 'node:fs'
import type { ClientConfig, PoolConfig } from 'pg'
import { StartupError } from '../errors.ts'
import { readUrl } from '../read-url.ts'

/** What the URL of the database says. */
export interface PostgresqlSettings {
  readonly config: PoolConfig & ClientConfig
  /** Connections of the pool. */
  readonly connections: number
  /** What each session is to have, by the server's names for it. A pooler with its defaults refuses these when a connection begins. */
  readonly session: Readonly<Record<string, string>>
  readonly silenceMs: number
  readonly schema: string
  /** Without user and password. */
  readonly location: string
}

/** What the network may add to the time of a statement. */
const MARGIN_MS = 5_000

/** Modes that the driver takes for `verify-full`, and warns of at each start. */
const WEAKER_TLS = /([?&]sslmode=)(?:prefer|require|verify-ca)(?=&(?!.*uselibpqcompat)|$)/

/** Settings that the URL may state, and their defaults, in milliseconds. */
const SESSION_DEFAULTS = { statement_timeout: 15_000, idle_in_transaction_session_timeout: 60_000 }
const MOST_MS = 2_147_483_647

/** Parameters that name files for the driver. */
const FILES = ['sslrootcert', 'sslcert', 'sslkey']

/**
 * The settings of the connection pool. The driver reads those of a connection from the URL itself: `sslmode`,
 * `sslrootcert` and so on. Those of the pool have the names that Prisma gave them: `connection_limit`, `pool_timeout`
 * (seconds), `schema`.
 * @throws StartupError without any part of the URL's user and password.
 */
export function settingsOf(url: string): PostgresqlSettings {
  const { host, pathname, searchParams } = parsed(url)
  const schema = searchParams.get('schema') ?? 'public'
  for (const name of FILES) requireFile(searchParams, name)
  const connections = wholeNumber(searchParams, 'connection_limit', 10)
  const session: Record<string, string> = { ...(schema === 'public' ? {} : { search_path: `"${schema.replaceAll('"', '""')}"` }) }
  for (const [name, usual] of Object.entries(SESSION_DEFAULTS)) session[name] = String(wholeNumber(searchParams, name, usual, 0, MOST_MS))
  const config = {
    connectionString: withoutSession(url).replace(WEAKER_TLS, '$1verify-full'),
    max: connections,
    connectionTimeoutMillis: wholeNumber(searchParams, 'pool_timeout', 10) * 1_000,
    keepAlive: true,
    application_name: 'ai-provider-gateway',
  }
  const statementTimeoutMs = Number(session.statement_timeout)
  const silenceMs = statementTimeoutMs > 0 ? statementTimeoutMs + MARGIN_MS : 0
  return { config, connections, session, silenceMs, schema, location: `postgresql://${host}${pathname}` }
}

/** The driver would send them when the connection begins. */
function withoutSession(url: string): string {
  const rest = new URL(url)
  const names = Object.keys(SESSION_DEFAULTS).filter((name) => rest.searchParams.has(name))
  for (const name of names) rest.searchParams.delete(name)
  return names.length === 0 ? url : rest.href
}

/** A `#`, `/` or `?` in a password ends the part that names the server, which then seems to be what stands before it. */
function parsed(url: string): URL {
  const found = readUrl(url)
  if (found === null || !isDecodable(found)) throw invalid()
  const { pathname, search, hash, username } = found
  const isCutShort = hash !== '' || pathname.includes('@') || (username === '' && /@.*\//.test(search))
  if (isCutShort) throw invalid()
  return found
}

function isDecodable({ username, password, pathname }: URL): boolean {
  try {
    for (const part of [username, password, pathname]) decodeURIComponent(part)
    return true
  } catch {
    return false
  }
}

function invalid(): StartupError {
  return new StartupError(
    'The database URL is not valid. It looks like postgresql://user:password@host:5432/database. In a password, write `#` as %23, `/` as %2F, `?` as %3F, `@` as %40, `:` as %3A and `%` as %25; or leave the password out, and set PGPASSWORD.',
  )
}

function wholeNumber(parameters: URLSearchParams, name: string, otherwise: number, least = 1, most = 999_999): number {
  const text = parameters.get(name)
  if (text === null) return otherwise
  if (/^\d{1,10}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text)
  throw new StartupError(`The parameter ${name} of the database URL must be a whole number from ${least} to ${most}, not "${text}".`)
}

function requireFile(parameters: URLSearchParams, name: string): void {
  const path = parameters.get(name)
  if (path === null) return
  try {
    accessSync(path, constants.R_OK)
  } catch {
    throw new StartupError(
      `The parameter ${name} of the database URL names a file that cannot be read: ${path}. Correct the path or its permissions.`,
    )
  }
}
