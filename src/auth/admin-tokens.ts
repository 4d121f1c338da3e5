import type { Keyring } from '../crypto/keyring.ts'
import type { TransactionClient } from '../database/client.ts'
import type { AccessToken, Prisma } from '../generated/prisma-sqlite/client.ts'
import { isAuthentic } from './token-mac.ts'

/** Selects the rows that claim to be tokens of admins which work. */
export function validAdminTokens(now: Date): Prisma.AccessTokenWhereInput {
  return { role: 'ADMIN', revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] }
}

/**
 * The tokens that can still make others: those of admins which work and verify.
 * @param keyring Null where the keys cannot be read: every row that has a MAC counts then.
 */
export async function findValidAdmins(client: TransactionClient, keyring: Keyring | null, now: Date): Promise<AccessToken[]> {
  const rows = await client.accessToken.findMany({ where: validAdminTokens(now) })
  return rows.filter((row) => (keyring === null ? row.mac !== null : isAuthentic(keyring, row)))
}
