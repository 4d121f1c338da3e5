import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Database, openDatabase } from '../../src/database/client.ts'
import type { TestGateway } from './gateway.ts'
import { testDatabaseKind } from './test-database.ts'

/** Looks into, or changes, the database of a gateway over a second connection. */
export async function withStore<Result>(
  gateway: Pick<TestGateway, 'databaseUrl'>,
  work: (store: Database['prisma']) => Promise<Result>,
): Promise<Result> {
  const database = await openDatabase(gateway.databaseUrl)
  try {
    return await work(database.prisma)
  } finally {
    await database.close()
  }
}

/** Events of what was done, not of what was refused. */
const DONE = { action: { not: { endsWith: 'change_refused' } } }

/** The audit events about what was done to one row, oldest first. */
export function auditEvents(gateway: TestGateway, subjectId: string) {
  return withStore(gateway, (store) => store.auditEvent.findMany({ where: { subjectId, ...DONE }, orderBy: { number: 'asc' } }))
}

/** How many audit events there are in all of what was done. */
export function countAuditEvents(gateway: TestGateway): Promise<number> {
  return withStore(gateway, (store) => store.auditEvent.count({ where: DONE }))
}

/** All that a gateway keeps, as text: the bytes of its files, and the rows of a database that is not among them. */
export async function everythingStored(gateway: Pick<TestGateway, 'databaseUrl' | 'folder'>): Promise<string> {
  const entries = readdirSync(gateway.folder, { withFileTypes: true }).filter((entry) => entry.isFile())
  const files = entries.map(({ name }) => readFileSync(join(gateway.folder, name), 'latin1'))
  return [...files, ...(testDatabaseKind === 'postgresql' ? await withStore(gateway, rowsOfAllTables) : [])].join('\n')
}

async function rowsOfAllTables(store: Database['prisma']): Promise<string[]> {
  const tables = await store.$queryRaw<{ name: string }[]>`
    SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = 'public'`
  const rows = await Promise.all(
    tables.map(({ name }) => store.$queryRawUnsafe<{ row: string }[]>(`SELECT row_to_json(t)::text AS row FROM "${name}" t`)),
  )
  return rows.flat().map(({ row }) => row)
}

/** Lets the database refuse every audit event while `work` runs. */
export async function withoutAudit(gateway: TestGateway, work: () => Promise<void>): Promise<void> {
  const { make, remove } = NO_AUDIT[testDatabaseKind]
  const run = (statements: readonly string[]) =>
    withStore(gateway, async (store) => {
      for (const statement of statements) await store.$executeRawUnsafe(statement)
    })
  await run(make)
  try {
    await work()
  } finally {
    await run(remove)
  }
}

const NO_AUDIT = {
  sqlite: {
    make: ["CREATE TRIGGER no_audit BEFORE INSERT ON audit_events BEGIN SELECT RAISE(ABORT, 'no audit'); END"],
    remove: ['DROP TRIGGER no_audit'],
  },
  postgresql: {
    make: [
      "CREATE FUNCTION no_audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no audit'; END $$",
      'CREATE TRIGGER no_audit BEFORE INSERT ON audit_events EXECUTE FUNCTION no_audit()',
    ],
    remove: ['DROP TRIGGER no_audit ON audit_events', 'DROP FUNCTION no_audit'],
  },
}

/** Every file of the gateway's folder, by the digest of its bytes. An empty write-ahead log stands for none. */
export function bytesOf({ folder }: TestGateway): Record<string, string> {
  const kept = readdirSync(folder).filter((name) => !name.endsWith('-shm') && statSync(join(folder, name)).size > 0)
  return Object.fromEntries(
    kept.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  )
}

/** All that a stopped gateway has, in a form to compare: its files, and the rows of a database that is not among them. */
export async function stateOf(gateway: TestGateway): Promise<unknown> {
  return [bytesOf(gateway), testDatabaseKind === 'postgresql' ? (await withStore(gateway, rowsOfAllTables)).sort() : []]
}
