import { countSecretsByKey, countTokensByKey } from '../api-keys/encryption-keys.ts'
import { recordAudit } from '../audit/record.ts'
import type { Caller } from '../auth/principal.ts'
import type { TransactionClient } from '../database/client.ts'
import { ValidationError } from '../errors.ts'
import type { RotationDeps } from './rotate-secrets.ts'

/**
 * Marks a key as one that must not seal anything any more: a gateway that has it first does not start. Retiring it again
 * changes nothing. Returns whether it was in use until now.
 * @throws ValidationError for an unknown key, for the first of the keyring, and while a stored secret or an access token is under it.
 */
export async function retireEncryptionKey({ database, keyring, clock }: RotationDeps, caller: Caller, kid: string): Promise<boolean> {
  if (kid === keyring.primary.kid)
    throw refusal('This is the first of the configured keys, which seals new secrets. Put another key first, and rotate.')
  const now = clock()
  return database.write(async (transaction) => {
    const retired = await transaction.encryptionKey.updateMany({ where: { kid, retiredAt: null }, data: { retiredAt: now } })
    if (retired.count === 0) {
      if ((await transaction.encryptionKey.findUnique({ where: { kid } })) !== null) return false
      throw refusal('The database knows no encryption key of this id. `gateway keys status` lists them.')
    }
    await refuseWhileUsed(transaction, kid)
    await recordAudit(transaction, caller, { action: 'encryption_key.retired', subjectType: 'encryption_key', subjectId: kid }, now)
    return true
  })
}

async function refuseWhileUsed(transaction: TransactionClient, kid: string): Promise<void> {
  const secrets = (await countSecretsByKey(transaction)).get(kid) ?? 0
  if (secrets > 0)
    throw refusal(
      `${secrets} stored ${secrets === 1 ? 'secret is' : 'secrets are'} still under this key. Run \`gateway keys rotate\` first.`,
    )
  const tokens = (await countTokensByKey(transaction)).get(kid) ?? 0
  if (tokens > 0)
    throw refusal(
      `${tokens} access ${tokens === 1 ? 'token is' : 'tokens are'} still under this key. Run \`gateway keys rotate\` first; it leaves tokens that do not verify, unless you add --drop-unverified.`,
    )
}

function refusal(message: string): ValidationError {
  return new ValidationError([{ path: ['kid'], rule: 'NOT_ALLOWED', message }])
}
