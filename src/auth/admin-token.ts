import type { Database, TransactionClient } from '../database/client.ts'
import { raiseRevision } from '../database/revision.ts'
import type { Prisma } from '../generated/prisma-sqlite/client.ts'
import { insertToken, validAdminTokens } from './create-access-token.ts'
import { digestToken, generateToken } from './token.ts'

/** How an operator gets in: with a token made just now, with one that exists, or not with the one that is configured. */
export type AdminAccess =
  | { readonly kind: 'created'; readonly token: string }
  | { readonly kind: 'ready' }
  | { readonly kind: 'configured-token-revoked' }

/**
 * Makes sure that somebody can sign in: with the operator's ADMIN_TOKEN when one is configured, else, when no valid
 * admin token exists, with a new one that is shown once.
 * An ADMIN_TOKEN that is no longer configured stops working; one that an admin revoked stays revoked.
 */
export async function ensureAdminToken(database: Database, configured: string | null, now: Date): Promise<AdminAccess> {
  return database.write(async (transaction) => {
    // First of all: replicas that start together take turns, and the second finds what the first has made.
    await raiseRevision(transaction)
    return configured === null ? useStoredTokens(transaction, now) : useConfiguredToken(transaction, configured, now)
  })
}

async function useConfiguredToken(transaction: TransactionClient, configured: string, now: Date): Promise<AdminAccess> {
  const { lookupId } = digestToken(configured)
  await forgetConfiguredTokens(transaction, { lookupId: { not: lookupId } })
  const known = await transaction.accessToken.findUnique({ where: { lookupId } })
  if (known !== null) return { kind: known.revokedAt === null ? 'ready' : 'configured-token-revoked' }
  await insertToken(transaction, configured, { name: 'ADMIN_TOKEN', role: 'ADMIN', expiresAt: null }, 'ENVIRONMENT', now)
  return { kind: 'ready' }
}

async function useStoredTokens(transaction: TransactionClient, now: Date): Promise<AdminAccess> {
  await forgetConfiguredTokens(transaction, {})
  if ((await transaction.accessToken.count({ where: validAdminTokens(now) })) > 0) return { kind: 'ready' }
  const token = generateToken()
  await insertToken(transaction, token, { name: 'bootstrap', role: 'ADMIN', expiresAt: null }, 'BOOTSTRAP', now)
  return { kind: 'created', token }
}

/** Forgotten, not revoked: an operator who configures the same token again gets it back. */
async function forgetConfiguredTokens(transaction: TransactionClient, which: Prisma.AccessTokenWhereInput): Promise<void> {
  await transaction.accessToken.deleteMany({ where: { source: 'ENVIRONMENT', revokedAt: null, ...which } })
}
