import type { Keyring } from '../crypto/keyring.ts'
import type { Database, TransactionClient } from '../database/client.ts'
import type { AccessToken } from '../generated/prisma-sqlite/client.ts'
import { authenticityOf, makeTokenMac, type TokenAuthenticity } from './token-mac.ts'

/** What authenticating every token anew came to. */
export interface TokenRenewal {
  /** Tokens that this run has brought under the first key. */
  readonly renewed: number
  /** Tokens that do not verify: refused, and left as they are unless this run was to drop them. */
  readonly unverified: number
  /** Those of them that this run has deleted. */
  readonly dropped: number
  /** Tokens under other keys in the end. */
  readonly remaining: number
}

/** Few enough for one statement of a few milliseconds. */
const PAGE = 100

/** How many tokens verify, and how many do not. Tokens that were revoked without the key are neither. */
export async function verifyTokens(client: TransactionClient, keyring: Keyring): Promise<Readonly<Record<TokenAuthenticity, number>>> {
  const counts: Record<TokenAuthenticity, number> = { authentic: 0, revoked: 0, unverified: 0 }
  for await (const rows of pagesOfTokens(client)) for (const row of rows) counts[authenticityOf(keyring, row)] += 1
  return counts
}

/**
 * Brings the MAC of every token under the first key of the keyring, while others read and write. A row is verified before:
 * rotation must not make genuine what somebody else wrote. Safe to interrupt: a later run resumes.
 * @param dropUnverified Deletes the rows that do not verify.
 */
export async function renewTokenMacs(database: Database, keyring: Keyring, dropUnverified: boolean): Promise<TokenRenewal> {
  const sum = { renewed: 0, unverified: 0, dropped: 0 }
  for await (const rows of pagesOfTokens(database.prisma)) {
    const of = (authenticity: TokenAuthenticity) => rows.filter((row) => authenticityOf(keyring, row) === authenticity)
    const [old, unverified] = [of('authentic').filter(({ kid }) => kid !== keyring.primary.kid), of('unverified')]
    sum.unverified += unverified.length
    if (old.length > 0) sum.renewed += await database.write((transaction) => renew(transaction, keyring, old))
    if (dropUnverified && unverified.length > 0) sum.dropped += await database.write((transaction) => drop(transaction, unverified))
  }
  return { ...sum, remaining: await countTokensUnderOtherKeys(database.prisma, keyring) }
}

/** How many tokens are authenticated by another key than the first of the keyring. */
export function countTokensUnderOtherKeys(client: TransactionClient, { primary }: Keyring): Promise<number> {
  return client.accessToken.count({ where: { kid: { not: primary.kid } } })
}

/** Only what is still there as it was read: a revocation that came in between stays. */
async function renew(transaction: TransactionClient, keyring: Keyring, rows: readonly AccessToken[]): Promise<number> {
  let renewed = 0
  for (const row of rows) {
    const { count } = await transaction.accessToken.updateMany({ where: { id: row.id, mac: row.mac }, data: makeTokenMac(keyring, row) })
    renewed += count
  }
  return renewed
}

async function drop(transaction: TransactionClient, rows: readonly AccessToken[]): Promise<number> {
  let dropped = 0
  for (const { id, mac } of rows) dropped += (await transaction.accessToken.deleteMany({ where: { id, mac } })).count
  return dropped
}

/** All tokens, oldest first, page by page. */
export async function* pagesOfTokens(client: TransactionClient): AsyncGenerator<AccessToken[]> {
  let last = 0
  for (;;) {
    const rows = await client.accessToken.findMany({ where: { number: { gt: last } }, orderBy: { number: 'asc' }, take: PAGE })
    last = rows.at(-1)?.number ?? last
    if (rows.length === 0) return
    yield rows
  }
}
