import type { Keyring, KeyringKey } from '../crypto/keyring.ts'
import type { TransactionClient } from '../database/client.ts'

/**
 * Brings the access tokens that an earlier release has stored into the form of this one; runs once, in the transaction that
 * upgrades everything. Returns the names of the tokens, for the audit event.
 * @param _outdated the keys whose canary says that data under them waits for the upgrade.
 */
export async function upgradeTokens(
  _transaction: TransactionClient,
  _keyring: Keyring,
  _outdated: readonly KeyringKey[],
): Promise<readonly string[]> {
  return []
}
