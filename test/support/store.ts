import { type Database, openDatabase } from '../../src/database/client.ts'
import type { TestGateway } from './gateway.ts'

/** Looks into, or changes, the database of a gateway over a second connection. */
export async function withStore<Result>(gateway: TestGateway, work: (store: Database['prisma']) => Promise<Result>): Promise<Result> {
  const database = await openDatabase(gateway.databaseUrl)
  try {
    return await work(database.prisma)
  } finally {
    await database.close()
  }
}

/** The audit events about one row, oldest first. */
export function auditEvents(gateway: TestGateway, subjectId: string) {
  return withStore(gateway, (store) => store.auditEvent.findMany({ where: { subjectId }, orderBy: { number: 'asc' } }))
}

/** How many audit events there are in all. */
export function countAuditEvents(gateway: TestGateway): Promise<number> {
  return withStore(gateway, (store) => store.auditEvent.count())
}
