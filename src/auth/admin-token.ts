import { randomUUID } from 'node:crypto'
import { recordAudit } from '../audit/record.ts'
import type { Database, TransactionClient } from '../database/client.ts'
import { raiseRevision } from '../database/revision.ts'
import { StartupError } from '../errors.ts'
import type { AccessToken, Prisma } from '../generated/prisma-sqlite/client.ts'
import type { TokenSource } from '../generated/prisma-sqlite/enums.ts'
import { insertToken, validAdminTokens } from './create-access-token.ts'
import type { Caller } from './principal.ts'
import { digestToken, generateToken, sameDigest } from './token.ts'

/** How an operator gets in: with a token made just now, with one that exists, or not with the one that is configured. */
export type AdminAccess =
  | { readonly kind: 'created'; readonly token: string }
  | { readonly kind: 'ready' }
  | { readonly kind: 'configured-token-revoked' }

/**
 * Makes sure that somebody can sign in: with the operator's ADMIN_TOKEN when one is configured, else, when no valid
 * admin token exists, with a new one that is shown once.
 * An ADMIN_TOKEN that is no longer configured stops working; one that an admin revoked stays revoked.
 * @throws StartupError when ADMIN_TOKEN is a stored token that is not an admin's, or nearly one.
 */
export async function ensureAdminToken(database: Database, configured: string | null, now: Date): Promise<AdminAccess> {
  return database.write(async (transaction) => {
    // First of all: replicas that start together take turns, and the second finds what the first has made.
    await raiseRevision(transaction)
    return configured === null ? useStoredTokens(transaction, now) : useConfiguredToken(transaction, configured, now)
  })
}

async function useConfiguredToken(transaction: TransactionClient, configured: string, now: Date): Promise<AdminAccess> {
  const { lookupId, secretHash } = digestToken(configured)
  await forgetConfiguredTokens(transaction, { lookupId: { not: lookupId } }, now)
  const known = await transaction.accessToken.findUnique({ where: { lookupId } })
  if (known !== null) {
    refuseOther(known, secretHash)
    const isOver = known.revokedAt !== null || (known.expiresAt !== null && known.expiresAt <= now)
    return { kind: isOver ? 'configured-token-revoked' : 'ready' }
  }
  await makeToken(transaction, configured, 'ADMIN_TOKEN', 'ENVIRONMENT', now)
  return { kind: 'ready' }
}

/** An operator who believes that ADMIN_TOKEN opens everything must not find out later that it does not. */
function refuseOther({ name, role, secretHash }: AccessToken, configuredHash: string): void {
  if (!sameDigest(secretHash, configuredHash))
    throw new StartupError(`ADMIN_TOKEN begins like the stored token "${name}" and goes on in another way: it may be mistyped.`)
  if (role !== 'ADMIN')
    throw new StartupError(`ADMIN_TOKEN is the stored token "${name}", whose role is ${role.toLowerCase()}. Configure one of an admin.`)
}

async function useStoredTokens(transaction: TransactionClient, now: Date): Promise<AdminAccess> {
  await forgetConfiguredTokens(transaction, {}, now)
  if ((await transaction.accessToken.count({ where: validAdminTokens(now) })) > 0) return { kind: 'ready' }
  const token = generateToken()
  await makeToken(transaction, token, 'bootstrap', 'BOOTSTRAP', now)
  return { kind: 'created', token }
}

async function makeToken(transaction: TransactionClient, token: string, name: string, source: TokenSource, now: Date): Promise<void> {
  const id = await insertToken(transaction, token, { name, role: 'ADMIN', expiresAt: null }, source, now)
  const changes = { name, role: 'ADMIN', expiresAt: null }
  await recordAudit(
    transaction,
    gatewayItself(),
    { action: 'access_token.created', subjectType: 'access_token', subjectId: id, changes },
    now,
  )
}

/** Forgotten, not revoked: an operator who configures the same token again gets it back. The audit log tells of its end all the same. */
async function forgetConfiguredTokens(transaction: TransactionClient, which: Prisma.AccessTokenWhereInput, now: Date): Promise<void> {
  const where = { source: 'ENVIRONMENT', revokedAt: null, ...which } as const
  const forgotten = await transaction.accessToken.findMany({ where, select: { id: true, name: true } })
  await transaction.accessToken.deleteMany({ where })
  for (const { id, name } of forgotten) {
    const changes = { name, role: 'ADMIN' }
    await recordAudit(
      transaction,
      gatewayItself(),
      { action: 'access_token.revoked', subjectType: 'access_token', subjectId: id, changes },
      now,
    )
  }
}

/** Nobody asks at the start but the gateway, for whoever configures it. */
export function gatewayItself(): Caller {
  return { principal: { tokenId: 'start', tokenName: 'gateway', role: 'ADMIN' }, channel: 'start', requestId: randomUUID() }
}
