import type { Keyring } from '../crypto/keyring.ts'
import type { TransactionClient } from '../database/client.ts'
import { pagesOfTokens, verifyTokens } from './renew-token-macs.ts'
import { makeTokenMac } from './token-mac.ts'

/**
 * Authenticates the access tokens that a release without MACs has stored, as they are; runs in the transaction that upgrades
 * everything. Whoever could write that database could make tokens, so the audit event names them. Returns their names,
 * oldest first. When one verifies already, the tokens were upgraded before: a second run, for a key that is configured only
 * now, must not make genuine what somebody has written since.
 */
export async function upgradeTokens(transaction: TransactionClient, keyring: Keyring): Promise<readonly string[]> {
  if ((await verifyTokens(transaction, keyring)).authentic > 0) return []
  const names: string[] = []
  for await (const rows of pagesOfTokens(transaction))
    for (const row of rows) {
      await transaction.accessToken.update({ where: { id: row.id }, data: makeTokenMac(keyring, row), select: { id: true } })
      names.push(row.name)
    }
  return names
}
