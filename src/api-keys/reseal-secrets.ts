import type { Keyring } from '../crypto/keyring.ts'
import { type Resealed, reseal } from '../crypto/rotate.ts'
import { UnreadableSecretError } from '../crypto/unreadable-secret-error.ts'
import type { Database } from '../database/client.ts'
import { countSealed, pagesOf, SEALED_STORES, type SealedRow, type SealedStore } from './sealed-store.ts'

/** What sealing everything anew came to. */
export interface ResealSummary {
  /** Secrets that this run has brought under the first key. */
  readonly resealed: number
  /** Secrets that do not open, and stay as they are. */
  readonly unreadable: number
  /** Secrets under other keys in the end: the unreadable ones, and what others have written meanwhile. */
  readonly remaining: number
}

interface Pass {
  resealed: number
  unreadable: number
  /** Secrets that another writer changed between our reading and writing. */
  overtaken: number
}

/** Writers that still seal with an older key could keep this busy for ever. */
const MAX_PASSES = 10

/**
 * Brings every sealed text under the first key of the keyring, while others read and write: page by page, each row only if
 * it is still what was read. Nothing needs to be remembered between runs, because a row says itself which key it is under:
 * a run that was killed is gone on with by the next, and two at once do each row once.
 * @param onProgress Is called after each page, with the number of rows seen in all.
 */
export async function resealSecrets(
  database: Database,
  keyring: Keyring,
  onProgress: (seen: number) => void | Promise<void>,
): Promise<ResealSummary> {
  let resealed = 0
  let seen = 0
  for (let number = 1; ; number++) {
    const pass: Pass = { resealed: 0, unreadable: 0, overtaken: 0 }
    for (const store of SEALED_STORES)
      for await (const rows of pagesOf(store, database, keyring.primary.kid)) {
        await resealPage(database, keyring, store, rows, pass)
        seen += rows.length
        await onProgress(seen)
      }
    resealed += pass.resealed
    const isCalm = pass.resealed === 0 && pass.overtaken === 0
    if (isCalm || number === MAX_PASSES)
      return { resealed, unreadable: pass.unreadable, remaining: await countSealed(database.prisma, keyring.primary.kid) }
  }
}

async function resealPage(database: Database, keyring: Keyring, store: SealedStore, rows: readonly SealedRow[], pass: Pass): Promise<void> {
  const changes: { row: SealedRow; to: Resealed }[] = []
  for (const row of rows) {
    try {
      const to = reseal(keyring, row.sealed, row.binding)
      if (to !== null) changes.push({ row, to })
    } catch (error) {
      if (!(error instanceof UnreadableSecretError)) throw error
      pass.unreadable += 1
    }
  }
  if (changes.length === 0) return
  const swapped = await database.write((transaction) => store.swap(transaction, changes))
  pass.resealed += swapped
  pass.overtaken += changes.length - swapped
}
