import type { Database } from '../database/client.ts'

/** Which of these tokens still open the door: neither revoked, nor expired, nor forgotten. */
export async function findValidTokens(database: Database, ids: readonly string[], now: Date): Promise<ReadonlySet<string>> {
  const rows = await database.prisma.accessToken.findMany({
    where: { id: { in: [...new Set(ids)] }, revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
    select: { id: true },
  })
  return new Set(rows.map(({ id }) => id))
}
