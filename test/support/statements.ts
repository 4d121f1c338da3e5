import { PrismaLibSql } from '@prisma/adapter-libsql'

/** The SQL statements that every SQLite database opened from now on runs, in order. Call before a gateway starts. */
export function recordStatements(): string[] {
  const statements: string[] = []
  const createClient = PrismaLibSql.prototype.createClient
  PrismaLibSql.prototype.createClient = function (config) {
    const connection = createClient.call(this, config)
    const execute = connection.execute
    return Object.assign(connection, {
      execute: (...given: unknown[]) => {
        const sql = sqlOf(given[0])
        // The change feed reads the revision by a clock of its own, whatever the test does.
        if (!sql.includes('revisions')) statements.push(sql)
        return Reflect.apply(execute, connection, given)
      },
    })
  }
  return statements
}

function sqlOf(statement: unknown): string {
  if (typeof statement === 'string') return statement
  return typeof statement === 'object' && statement !== null && 'sql' in statement ? String(statement.sql) : ''
}
