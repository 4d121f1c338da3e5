/** What went wrong in the database, told apart across Prisma, its two adapters and their drivers. */
import { Fault } from '../errors.ts'

const CONFLICT = new Set(['SQLITE_BUSY', 'P2034', 'TransactionWriteConflict', '40001', '40P01', '55P03'])

/** A Prisma connection error, a SQLite result code, a PostgreSQL SQLSTATE, or an error of the operating system. */
const AWAY = new RegExp(
  [
    'P10(0[01238]|1[017])|P2024|P2037',
    'SQLITE_(FULL|READONLY|IOERR|CANTOPEN|LOCKED|PROTOCOL|NOMEM)',
    '08...|53...|57P0.|57014|58030|25006|25P0[34]|28...',
    'ECONN(REFUSED|RESET)|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|E(HOST|NET)UNREACH|ENOSPC|EDQUOT|EROFS|EMFILE',
    // A file that the URL names, such as sslrootcert, is read for each connection.
    'ENOENT|EACCES',
    'DatabaseNotReachable|ConnectionClosed|SocketTimeout|TooManyConnections|TlsConnectionError',
  ]
    .map((codes) => `^(${codes})$`)
    .join('|'),
)

/** The few failures that carry no code; the first two are Prisma's (P2028), the others the PostgreSQL driver's. */
const NOT_STARTED = /Unable to start a transaction in the given time/
const AWAY_MESSAGE =
  /on an expired transaction|Connection terminated|timeout exceeded when trying to connect|connection error and is not queryable/

/** True for a failure that goes away by itself when the whole transaction is run again: nothing of it was kept. */
export function isBusy(error: unknown): boolean {
  return NOT_STARTED.test(messageOf(error)) || codesOf(error).some((code) => CONFLICT.has(code))
}

/**
 * Turns "the database is locked, full, read-only or away" into the fault that answers 503; any other error passes
 * unchanged. Reads and writes alike go through it.
 */
export function toUnavailable(error: unknown): unknown {
  if (error instanceof Fault) return error
  if (isBusy(error)) {
    return new Fault('SERVICE_UNAVAILABLE', 'The database is busy. Try again in a moment.', { cause: error, retryAfterSeconds: 1 })
  }
  if (AWAY_MESSAGE.test(messageOf(error)) || codesOf(error).some((code) => AWAY.test(code))) {
    return new Fault('SERVICE_UNAVAILABLE', 'The database is not available. Try again shortly.', { cause: error, retryAfterSeconds: 10 })
  }
  return error
}

/** What the database, or the operating system, calls a failure that passes, e.g. `SQLITE_FULL`; null for any other error. */
export function passingFailureOf(error: unknown): string | null {
  const codes = codesOf(error instanceof Fault ? error.cause : error)
  return codes.reverse().find((code) => AWAY.test(code) || CONFLICT.has(code)) ?? null
}

/** What to do where the operating system lets no file be written. @param otherwise where it is a matter of access. */
export function adviceOnWriting(error: unknown, otherwise: string): string {
  const code = property(error, 'code')
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'Its disk, or a quota on it, is full: free some space.'
  if (code === 'EROFS') return 'Its file system is read-only: mount it for writing, or choose another place.'
  return otherwise
}

/** True when a write broke this unique index. SQLite reports the columns of an index, PostgreSQL its name. */
export function isUniqueViolation(error: unknown, index: { readonly name: string; readonly columns: readonly string[] }): boolean {
  const cause = driverCauseOf(error)
  if (property(cause, 'kind') !== 'UniqueConstraintViolation') return false
  const constraint = property(cause, 'constraint')
  const fields = property(constraint, 'fields')
  return property(constraint, 'index') === index.name || (Array.isArray(fields) && fields.join() === index.columns.join())
}

/** True when SQLite finds that its file is not what it wrote. */
export function isDamaged(error: unknown): boolean {
  return codesOf(error).includes('SQLITE_CORRUPT')
}

/** True when the query names a table that does not exist. The SQLite adapter knows this failure by its message alone. */
export function isMissingTable(error: unknown): boolean {
  return property(driverCauseOf(error), 'kind') === 'TableDoesNotExist' || /: no such table: /.test(reasonOf(error))
}

/** True when the query names a column that does not exist: the table is of an older release. */
export function isMissingColumn(error: unknown): boolean {
  return property(driverCauseOf(error), 'kind') === 'ColumnNotFound' || /no such column: /.test(reasonOf(error))
}

/** True when the engine does not have what was asked for: it knows no such function, or says that it lacks the feature. */
export function isUnsupported(error: unknown): boolean {
  return codesOf(error).some((code) => code === '42883' || code === '0A000')
}

/** True when PostgreSQL has no such schema, or lets the role make nothing in it. */
export function isSchemaClosed(error: unknown): boolean {
  return codesOf(error).some((code) => code === '3F000' || code === '42501')
}

/** One line that says what happened, without the query that Prisma prints around it. */
export function reasonOf(error: unknown): string {
  const original = property(driverCauseOf(error), 'originalMessage')
  if (typeof original === 'string') return original
  const lastLine = messageOf(error).trim().split('\n').at(-1) ?? ''
  const inner = /Message: `(.+)`$/.exec(lastLine)?.[1] ?? lastLine
  return inner === '' ? String(property(error, 'code')) : inner
}

function codesOf(error: unknown): string[] {
  const cause = driverCauseOf(error)
  const codes = [property(error, 'code'), property(cause, 'kind'), property(cause, 'originalCode')]
  // The adapter keeps SQLite's result code as a number with flags; its name opens the message.
  const named = /^SQLITE_[A-Z]+/.exec(reasonOf(error))
  return [...codes, named?.[0]].filter((code) => typeof code === 'string')
}

/** The adapter's account of the driver's error, which Prisma hangs under `meta`. */
function driverCauseOf(error: unknown): unknown {
  return property(property(property(error, 'meta'), 'driverAdapterError') ?? error, 'cause')
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
