import { z } from 'zod'
import type { Keyring } from '../crypto/keyring.ts'
import type { TransactionClient } from '../database/client.ts'
import { SECRETS_UPGRADED } from './upgrade-stored-data.ts'

const changes = z.object({ keys: z.array(z.string()) })

/**
 * The configured keys that once sealed for 0.1.0. Whoever has kept such a text and can write the database could have it taken
 * for one of today, as long as the key is there.
 */
export async function findUpgradedKeys(client: TransactionClient, keyring: Keyring): Promise<string[]> {
  const events = await client.auditEvent.findMany({ where: { action: SECRETS_UPGRADED }, select: { changes: true } })
  const kids = events.flatMap((event) => changes.safeParse(event.changes).data?.keys ?? [])
  return [...new Set(kids)].filter((kid) => keyring.find(kid) !== undefined)
}
