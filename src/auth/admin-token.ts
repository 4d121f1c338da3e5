import { randomUUID } from 'node:crypto'
import { recordAudit } from '../audit/record.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { Database, TransactionClient } from '../database/client.ts'
import { raiseRevision } from '../database/revision.ts'
import { StartupError } from '../errors.ts'
import type { AccessToken, Prisma } from '../generated/prisma-sqlite/client.ts'
import type { TokenSource } from '../generated/prisma-sqlite/enums.ts'
import { findValidAdmins } from './admin-tokens.ts'
import { GATEWAY_RULES } from './caller-rules.ts'
import { insertToken } from './create-access-token.ts'
import type { Caller } from './principal.ts'
import { digestToken, generateToken, sameDigest } from './token.ts'
import { authenticityOf } from './token-mac.ts'

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
export async function ensureAdminToken(database: Database, keyring: Keyring, configured: string | null, now: Date): Promise<AdminAccess> {
  return database.write(async (transaction) => {
    // First of all: replicas that start together take turns, and the second finds what the first has made.
    await raiseRevision(transaction)
    return configured === null ? useStoredTokens(transaction, keyring, now) : useConfiguredToken(transaction, keyring, configured, now)
  })
}

async function useConfiguredToken(transaction: TransactionClient, keyring: Keyring, configured: string, now: Date): Promise<AdminAccess> {
  const { lookupId, secretDigest } = digestToken(configured)
  await forgetConfiguredTokens(transaction, { lookupId: { not: lookupId } }, now)
  const known = await transaction.accessToken.findUnique({ where: { lookupId } })
  if (known !== null && authenticityOf(keyring, known) !== 'unverified') {
    refuseOther(known, secretDigest)
    const isOver = known.revokedAt !== null || (known.expiresAt !== null && known.expiresAt <= now)
    return { kind: isOver ? 'configured-token-revoked' : 'ready' }
  }
  // What the operator configures counts, not a row that something else wrote.
  if (known !== null) await forget(transaction, [known], now)
  await makeToken(transaction, keyring, configured, { name: 'ADMIN_TOKEN', source: 'ENVIRONMENT' }, now)
  return { kind: 'ready' }
}

/** An operator who believes that ADMIN_TOKEN opens everything must not find out later that it does not. */
function refuseOther({ name, role, secretDigest }: AccessToken, configuredHash: string): void {
  if (!sameDigest(secretDigest, configuredHash))
    throw new StartupError(`ADMIN_TOKEN begins like the stored token "${name}" but continues differently: it may be mistyped.`)
  if (role !== 'ADMIN')
    throw new StartupError(`ADMIN_TOKEN is the stored token "${name}", whose role is ${role.toLowerCase()}. Configure an admin token.`)
}

async function useStoredTokens(transaction: TransactionClient, keyring: Keyring, now: Date): Promise<AdminAccess> {
  await forgetConfiguredTokens(transaction, {}, now)
  if ((await findValidAdmins(transaction, keyring, now)).length > 0) return { kind: 'ready' }
  const token = generateToken()
  await makeToken(transaction, keyring, token, { name: 'bootstrap', source: 'BOOTSTRAP' }, now)
  return { kind: 'created', token }
}

async function makeToken(
  transaction: TransactionClient,
  keyring: Keyring,
  token: string,
  { name, source }: { readonly name: string; readonly source: TokenSource },
  now: Date,
): Promise<void> {
  const id = await insertToken(transaction, keyring, token, { name, role: 'ADMIN', expiresAt: null, calls: null }, source, now)
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
  await forget(transaction, await transaction.accessToken.findMany({ where }), now)
}

async function forget(transaction: TransactionClient, tokens: readonly AccessToken[], now: Date): Promise<void> {
  // While the rows are still there, which the events take their names from.
  for (const { id, name, role } of tokens) {
    const changes = { name, role }
    await recordAudit(
      transaction,
      gatewayItself(),
      { action: 'access_token.revoked', subjectType: 'access_token', subjectId: id, changes },
      now,
    )
  }
  await transaction.accessToken.deleteMany({ where: { id: { in: tokens.map(({ id }) => id) } } })
}

/** Nobody asks at the start but the gateway, for whoever configures it. */
export function gatewayItself(): Caller {
  return {
    principal: { kind: 'SYSTEM', tokenId: '', tokenName: 'gateway', role: 'ADMIN', calls: null },
    channel: 'start',
    rules: GATEWAY_RULES,
    requestId: randomUUID(),
  }
}
