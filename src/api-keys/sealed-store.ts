import type { SecretBinding } from '../crypto/envelope.ts'
import type { Resealed } from '../crypto/rotate.ts'
import type { Database, TransactionClient } from '../database/client.ts'
import { KEY_ROW, PROVIDER_ROW } from '../destination/stored-rows.ts'
import { Prisma } from '../generated/prisma-sqlite/client.ts'
import { apiKeyBinding, providerSecretBinding } from './secret-binding.ts'

/** A sealed text where it is stored, with all that it is bound to. */
export interface SealedRow {
  /** The id of the API key, or of the provider. */
  readonly id: string
  /** Which secret of the provider; empty for an API key. */
  readonly field: string
  readonly sealed: string
  readonly kid: string
  readonly binding: SecretBinding
  /** The name of the provider. */
  readonly provider: string
}

/** A table of sealed texts, for work that goes through all of them. */
export interface SealedStore {
  /** How many are not under this key; all for null. */
  count(client: TransactionClient, exceptKid: string | null): Promise<number>
  /** The next ones in the order of their ids, behind `after`. */
  page(client: TransactionClient, after: SealedRow | null, exceptKid: string | null): Promise<SealedRow[]>
  /** Puts new texts in the place of those that are still there as they were read. Returns how many that were. */
  swap(transaction: TransactionClient, changes: readonly { readonly row: SealedRow; readonly to: Resealed }[]): Promise<number>
}

/** Few enough to be written in one statement of a few milliseconds: other writers wait that long. */
const PAGE = 100

const PROVIDER = { select: { ...PROVIDER_ROW, name: true } } as const
const PROVIDER_WITH_KEYS = { select: { ...PROVIDER.select, apiKeys: { select: KEY_ROW } } } as const
const notUnder = (kid: string | null) => (kid === null ? {} : { kid: { not: kid } })

const apiKeys: SealedStore = {
  count: (client, exceptKid) => client.apiKeySecret.count({ where: notUnder(exceptKid) }),
  page: async (client, after, exceptKid) => {
    const rows = await client.apiKeySecret.findMany({
      where: { ...notUnder(exceptKid), ...(after === null ? {} : { apiKeyId: { gt: after.id } }) },
      select: { apiKeyId: true, sealed: true, kid: true, apiKey: { select: { ...KEY_ROW, provider: PROVIDER } } },
      orderBy: { apiKeyId: 'asc' },
      take: PAGE,
    })
    return rows.map(({ apiKeyId, sealed, kid, apiKey: { provider, ...key } }) => ({
      ...{ id: apiKeyId, field: '', sealed, kid, provider: provider.name },
      binding: apiKeyBinding({ provider }, key),
    }))
  },
  swap: (transaction, changes) => {
    const values = changes.map(({ row, to }) => Prisma.sql`(${row.id}, ${row.sealed}, ${to.sealed}, ${to.kid}, ${to.fingerprint})`)
    return transaction.$executeRaw`
      WITH swap (id, before, sealed, kid, fingerprint) AS (VALUES ${Prisma.join(values)})
      UPDATE api_key_secrets SET sealed = swap.sealed, kid = swap.kid, fingerprint = swap.fingerprint
      FROM swap WHERE api_key_id = swap.id AND api_key_secrets.sealed = swap.before`
  },
}

const providerSecrets: SealedStore = {
  count: (client, exceptKid) => client.providerSecret.count({ where: notUnder(exceptKid) }),
  page: async (client, after, exceptKid) => {
    const behind = after === null ? {} : { OR: [{ providerId: { gt: after.id } }, { providerId: after.id, field: { gt: after.field } }] }
    const rows = await client.providerSecret.findMany({
      where: { ...notUnder(exceptKid), ...behind },
      select: { field: true, sealed: true, kid: true, provider: PROVIDER_WITH_KEYS },
      orderBy: [{ providerId: 'asc' }, { field: 'asc' }],
      take: PAGE,
    })
    return rows.map(({ field, sealed, kid, provider: { apiKeys: keys, ...provider } }) => ({
      ...{ id: provider.id, field, sealed, kid, provider: provider.name },
      binding: providerSecretBinding({ provider, keys }, field),
    }))
  },
  swap: (transaction, changes) => {
    const values = changes.map(({ row, to }) => Prisma.sql`(${row.id}, ${row.field}, ${row.sealed}, ${to.sealed}, ${to.kid})`)
    return transaction.$executeRaw`
      WITH swap (id, secret, before, sealed, kid) AS (VALUES ${Prisma.join(values)})
      UPDATE provider_secrets SET sealed = swap.sealed, kid = swap.kid
      FROM swap WHERE provider_id = swap.id AND field = swap.secret AND provider_secrets.sealed = swap.before`
  },
}

/** Every place that holds sealed texts. */
export const SEALED_STORES: readonly SealedStore[] = [apiKeys, providerSecrets]

/** How many sealed texts there are in all, or in all but those under one key. */
export async function countSealed(client: TransactionClient, exceptKid: string | null): Promise<number> {
  let sum = 0
  for (const store of SEALED_STORES) sum += await store.count(client, exceptKid)
  return sum
}

/**
 * Goes through a store page by page, in the order of ids: what is added behind the reader is not seen. Each page is read in one
 * state of the data: its texts, and what they are bound to, whoever deletes or moves a provider meanwhile.
 */
export async function* pagesOf(
  store: SealedStore,
  database: Pick<Database, 'snapshot'>,
  exceptKid: string | null,
): AsyncGenerator<SealedRow[]> {
  let last: SealedRow | null = null
  for (;;) {
    const after: SealedRow | null = last
    const rows: SealedRow[] = await database.snapshot((transaction) => store.page(transaction, after, exceptKid))
    last = rows.at(-1) ?? null
    if (last === null) return
    yield rows
  }
}
