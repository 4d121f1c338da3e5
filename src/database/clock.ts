import type { Database } from './client.ts'

/** What time it is for the database server; null for a database in a file, which has no clock of its own. */
export async function readServerClock({ kind, prisma }: Pick<Database, 'kind' | 'prisma'>): Promise<Date | null> {
  if (kind === 'sqlite') return null
  const [row] = await prisma.$queryRaw<{ ms: number }[]>`SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms`
  return row === undefined ? null : new Date(row.ms)
}
