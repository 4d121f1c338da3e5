import type { TokenReader } from './authenticate.ts'
import { isAuthentic } from './token-mac.ts'

/** Which of these tokens are still valid: neither revoked, nor expired, nor forgotten, and as the gateway wrote them. */
export async function findValidTokens({ database, keyring }: TokenReader, ids: readonly string[], now: Date): Promise<ReadonlySet<string>> {
  const rows = await database.prisma.accessToken.findMany({
    where: { id: { in: [...new Set(ids)] }, revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
  })
  return new Set(rows.filter((row) => isAuthentic(keyring, row)).map(({ id }) => id))
}
