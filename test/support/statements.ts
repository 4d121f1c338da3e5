import { Client } from 'pg'
import { SqliteDriver } from '../../src/database/sqlite-driver.ts'

/**
 * The SQL statements that every database opened from now on runs, in order. Call before a gateway starts.
 * @param leftOut What runs whatever the test does: a new connection gets its settings, the change feed reads the revision by
 * a clock of its own, and the last uses of tokens are written by another.
 */
export function recordStatements(leftOut = /revisions|pg_backend_pid|set_config|INTO last_uses/): string[] {
  const statements: string[] = []
  const record = (statement: unknown) => {
    const sql = sqlOf(statement)
    if (!leftOut.test(sql)) statements.push(sql)
  }
  const { execute } = SqliteDriver.prototype
  SqliteDriver.prototype.execute = function (...given) {
    record(given[0])
    return Reflect.apply(execute, this, given)
  }
  const query = Client.prototype.query
  Object.assign(Client.prototype, {
    query(this: Client, ...given: unknown[]) {
      record(given[0])
      return Reflect.apply(query, this, given)
    },
  })
  return statements
}

/** The text of a statement as drivers take it. */
export function sqlOf(statement: unknown): string {
  if (typeof statement === 'string') return statement
  if (typeof statement !== 'object' || statement === null) return ''
  return 'sql' in statement ? String(statement.sql) : 'text' in statement ? String(statement.text) : ''
}
