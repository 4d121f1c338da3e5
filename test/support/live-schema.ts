/**
 * Adapters through which the schema engine can read a real database. Two of its queries do not get through the ones
 * that the program uses: SQLite's build takes no text in double quotes, and PostgreSQL's adapter does not know the type
 * "char". Here these queries are put differently.
 */
import { PrismaLibSql } from '@prisma/adapter-libsql'
import { PrismaPg } from '@prisma/adapter-pg'
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'

export function liveSchemaOf(url: string): SqlMigrationAwareDriverAdapterFactory {
  return url.startsWith('file:')
    ? rewriting(new PrismaLibSql({ url }), (sql) => sql.replace(/ AND name = "(\w+)"/, " AND name = '$1'"))
    : rewriting(new PrismaPg(url), (sql) => sql.replace(/\b(constr\.contype|con\.conf(?:del|upd)type)(?=,\n| AS)/g, '$1::bpchar'))
}

function rewriting(
  factory: SqlMigrationAwareDriverAdapterFactory,
  rewrite: (sql: string) => string,
): SqlMigrationAwareDriverAdapterFactory {
  const connect = async () => {
    const adapter = await factory.connect()
    const query = adapter.queryRaw.bind(adapter)
    return Object.assign(adapter, {
      queryRaw: (parameters: Parameters<typeof query>[0]) => query({ ...parameters, sql: rewrite(parameters.sql) }),
    })
  }
  return { provider: factory.provider, adapterName: factory.adapterName, connect, connectToShadowDb: () => factory.connectToShadowDb() }
}
