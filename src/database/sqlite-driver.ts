import type { PrismaLibSql } from '@prisma/adapter-libsql'
import Libsql from 'libsql'
import { LRUCache } from 'lru-cache'

type Client = ReturnType<PrismaLibSql['createClient']>
export type Execute = Client['execute']
type Statement = Parameters<Execute>[0]
type Result = Awaited<ReturnType<Execute>>
type Prepared = Libsql.Statement<unknown[]>

/** What stays the same about a statement, however often it runs: how a query names its columns, or a ready change. */
type Known = { readonly columns: string[]; readonly columnTypes: string[] } | { readonly change: Prepared }

const MAX_KNOWN = 500

/** What of the file is kept in memory, 16 MiB: with SQLite's own 2 MiB a search of 10,000 providers takes half as long again. */
const PAGES_KIB = 16_384

/**
 * One connection to a SQLite file, in the form that Prisma's adapter works with. In place of the client that comes with
 * the adapter, which asks for the columns anew each time, builds an object of named properties for each row, and
 * learns from an exception that a statement gives no rows: that was a quarter of the time of a read.
 */
export class SqliteDriver {
  private readonly path: string
  private readonly timeoutMs: number
  private database: Libsql.Database
  private readonly known = new LRUCache<string, Known>({ max: MAX_KNOWN })

  constructor(path: string, timeoutMs: number) {
    this.path = path
    this.timeoutMs = timeoutMs
    this.database = this.open()
  }

  async execute(statement: Statement): Promise<Result> {
    const { sql, args } = typeof statement === 'string' ? { sql: statement, args: [] } : statement
    const values = Array.isArray(args) ? args.map(toSqlite) : []
    try {
      return this.run(sql, values)
    } catch (error) {
      this.known.delete(sql)
      throw toDriverError(error)
    }
  }

  /** Several statements in one call, without values or results. What fails leaves nothing half done. */
  runScript(sql: string): void {
    try {
      this.database.exec(sql)
    } catch (error) {
      throw toDriverError(error)
    }
  }

  /** Leaves the connection, and with it whatever it has half done. */
  reopen(): void {
    this.close()
    this.database = this.open()
  }

  close(): void {
    this.known.clear()
    this.database.close()
  }

  private run(sql: string, values: unknown[]): Result {
    const known = this.known.get(sql)
    // As one array: the driver takes a lone null or blob for an object of named values.
    if (known !== undefined && 'change' in known) return changed(known.change.run(values))
    // A query is prepared each time: the driver resets one when it lets go of its rows, whenever that is.
    const prepared = this.database.prepare(sql)
    if (!prepared.reader) {
      if (CHANGES.test(sql) && isShort(sql)) this.known.set(sql, { change: prepared })
      return changed(prepared.run(values))
    }
    const { columns, columnTypes } = known ?? columnsOf(prepared)
    if (known === undefined && QUERIES.test(sql) && isShort(sql)) this.known.set(sql, { columns, columnTypes })
    // The adapter finds values by their place alone, so a row is no more than the array of them.
    const rows = prepared.raw(true).safeIntegers(false).all(values) as unknown as Result['rows']
    return { columns, columnTypes, rows, rowsAffected: 0, lastInsertRowid: undefined, toJSON: () => ({ columns, rows }) }
  }

  private open(): Libsql.Database {
    try {
      const database = new Libsql(this.path, { timeout: this.timeoutMs })
      database.exec(`PRAGMA cache_size=-${PAGES_KIB}`)
      return database
    } catch (error) {
      throw toDriverError(error)
    }
  }
}

/** A statement that names thousands of rows hardly comes twice, and takes its length in memory. */
const isShort = (sql: string) => sql.length <= 10_000

/** Neither pragmas, which may act while they are prepared, nor what changes the schema. */
const CHANGES = /^\s*(INSERT|UPDATE|DELETE|BEGIN|COMMIT|ROLLBACK)\b/i
const QUERIES = /^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b/i

function columnsOf(prepared: Prepared): { columns: string[]; columnTypes: string[] } {
  const found = prepared.columns()
  return { columns: found.map(({ name }) => name), columnTypes: found.map(({ type }) => type ?? '') }
}

function changed({ changes, lastInsertRowid }: ReturnType<Prepared['run']>): Result {
  const nothing = { columns: [], columnTypes: [], rows: [] }
  return { ...nothing, rowsAffected: changes, lastInsertRowid: BigInt(lastInsertRowid), toJSON: () => ({ rowsAffected: changes }) }
}

/** SQLite has no booleans. */
function toSqlite(value: unknown): unknown {
  return typeof value === 'boolean' ? Number(value) : value
}

/** As the adapter knows errors: by the code of the kind, without its details, which also opens the message. */
function toDriverError(error: unknown): unknown {
  if (!(error instanceof Libsql.SqliteError)) return error
  const [code = 'SQLITE_ERROR'] = /^SQLITE_[A-Z]+/.exec(error.code) ?? []
  return Object.assign(new Error(`${code}: ${error.message}`, { cause: error }), { code, rawCode: error.rawCode })
}
