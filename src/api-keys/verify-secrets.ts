import { kidOf, open } from '../crypto/envelope.ts'
import type { Keyring } from '../crypto/keyring.ts'
import { type UnreadableReason, UnreadableSecretError } from '../crypto/unreadable-secret-error.ts'
import type { Database } from '../database/client.ts'
import { pagesOf, SEALED_STORES, type SealedRow } from './sealed-store.ts'

export interface VerifySummary {
  readonly readable: number
  /** How many do not open, by reason. */
  readonly unreadable: Readonly<Record<UnreadableReason, number>>
  /** The names of their providers. */
  readonly providers: readonly string[]
}

/**
 * Opens every stored secret, counts them, and names the providers of those that do not open: nothing of any secret leaves this function.
 * @param onProgress Is called after each page, with the number of rows seen in all.
 */
export async function verifySecrets(
  database: Database,
  keyring: Keyring,
  onProgress: (seen: number) => void | Promise<void>,
): Promise<VerifySummary> {
  const unreadable: Record<UnreadableReason, number> = { MALFORMED: 0, UNKNOWN_KEY: 0, NOT_AUTHENTIC: 0 }
  const providers = new Set<string>()
  let readable = 0
  let seen = 0
  for (const store of SEALED_STORES)
    for await (const rows of pagesOf(store, database, null)) {
      for (const row of rows) {
        const reason = problemOf(keyring, row)
        if (reason === null) readable += 1
        else {
          unreadable[reason] += 1
          providers.add(row.provider)
        }
      }
      seen += rows.length
      await onProgress(seen)
    }
  return { readable, unreadable, providers: [...providers].sort() }
}

/** The column beside the text must name the same key: it is what keeps a key in use from being retired. */
function problemOf(keyring: Keyring, { sealed, kid, binding }: SealedRow): UnreadableReason | null {
  try {
    open(keyring, sealed, binding)
    return kidOf(sealed) === kid ? null : 'MALFORMED'
  } catch (error) {
    if (error instanceof UnreadableSecretError) return error.reason
    throw error
  }
}
