import { type ResealSummary, resealSecrets } from '../api-keys/reseal-secrets.ts'
import { countSealed } from '../api-keys/sealed-store.ts'
import { type AuditAction, recordAudit } from '../audit/record.ts'
import type { Caller } from '../auth/principal.ts'
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

/**
 * Brings every stored secret under the first key of the keyring, online. The audit log says when it began, before the
 * first row changes, and what came of it; when there was nothing to do, it says nothing.
 */
export async function rotateSecrets(deps: RotationDeps, caller: Caller, watch: RotationWatch): Promise<ResealSummary> {
  const { kid } = deps.keyring.primary
  const total = await countSealed(deps.database.prisma, kid)
  if (total === 0) return { resealed: 0, unreadable: 0, remaining: 0 }
  const audit = (action: AuditAction, changes: Readonly<Record<string, number>>) =>
    deps.database.write((transaction) =>
      recordAudit(transaction, caller, { action, subjectType: 'encryption_key', subjectId: kid, changes }, deps.clock()),
    )
  await audit('encryption_key.rotation_started', { secrets: total })
  watch.begin(total)
  const summary = await resealSecrets(deps.database, deps.keyring, watch.progress)
  await audit('encryption_key.rotated', { ...summary })
  return summary
}
