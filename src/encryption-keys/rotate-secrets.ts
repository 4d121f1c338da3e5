import { type ResealSummary, resealSecrets } from '../api-keys/reseal-secrets.ts'
import { countSealed } from '../api-keys/sealed-store.ts'
import { type AuditAction, recordAudit } from '../audit/record.ts'
import type { Caller } from '../auth/principal.ts'
import { countTokensUnderOtherKeys, renewTokenMacs, type TokenRenewal, verifyTokens } from '../auth/renew-token-macs.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { Database } from '../database/client.ts'

export interface RotationDeps {
  readonly database: Database
  readonly keyring: Keyring
  readonly clock: () => Date
}

export interface RotationWatch {
  /** Is told how many secrets there are to seal anew, before the first. */
  readonly begin: (total: number) => void
  /** Is told how many were seen, after each page. */
  readonly progress: (seen: number) => void | Promise<void>
}

export interface RotationSummary extends ResealSummary {
  readonly tokens: TokenRenewal
}

/**
 * Brings every stored secret and every access token under the first key of the keyring, online. The audit log says when it
 * began, before the first row changes, and what came of it; when there was nothing to do, it says nothing.
 * @param dropUnverified Deletes the access tokens that do not verify.
 */
export async function rotateSecrets(
  deps: RotationDeps,
  caller: Caller,
  watch: RotationWatch,
  dropUnverified: boolean,
): Promise<RotationSummary> {
  const { database, keyring } = deps
  const { kid } = keyring.primary
  const total = await countSealed(database.prisma, kid)
  const { unverified } = await verifyTokens(database.prisma, keyring)
  const tokens = await countTokensUnderOtherKeys(database.prisma, keyring)
  if (total + tokens === 0 && !(dropUnverified && unverified > 0))
    return { resealed: 0, unreadable: 0, remaining: 0, tokens: { renewed: 0, unverified, dropped: 0, remaining: 0 } }
  const audit = (action: AuditAction, changes: Readonly<Record<string, number>>) =>
    database.write((transaction) =>
      recordAudit(transaction, caller, { action, subjectType: 'encryption_key', subjectId: kid, changes }, deps.clock()),
    )
  await audit('encryption_key.rotation_started', { secrets: total, tokens })
  watch.begin(total)
  const summary = await resealSecrets(database, keyring, watch.progress)
  const renewal = await renewTokenMacs(database, keyring, dropUnverified)
  await audit('encryption_key.rotated', {
    ...summary,
    ...{ renewedTokens: renewal.renewed, unverifiedTokens: renewal.unverified, droppedTokens: renewal.dropped },
  })
  return { ...summary, tokens: renewal }
}
