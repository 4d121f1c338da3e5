import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { maskKey } from '../api-keys/mask.ts'
import { headerField } from '../api-keys/secret-binding.ts'
import { type UpgradeCounts, type UpgradedProvider, upgradeSecrets } from '../api-keys/upgrade-secrets.ts'
import type { Keyring, KeyringKey } from '../crypto/keyring.ts'
import { Secret } from '../crypto/secret.ts'
import type { TransactionClient } from '../database/client.ts'
import { isBoundHeader } from '../destination/destination.ts'
import { type NetworkConfig, PROVIDER_ROW, storedNetwork } from '../destination/stored-rows.ts'
import type { FirstReleaseReader } from '../first-release.ts'
import type { Provider } from '../generated/prisma-sqlite/client.ts'
import { isCredential } from '../upstream/client/network-settings.ts'

const PAGE = 100

/** Counts of what an upgrade of the providers came to. */
export interface ProviderCounts extends UpgradeCounts {
  readonly providers: number
  /** Header values that stood in the open and are sealed now. */
  readonly headers: number
}

/** A header of release 0.1.0: with a value in the open, or the mask of a sealed one. */
const firstHeader = z.union([
  z.object({ name: z.string(), value: z.string(), bound: z.undefined().optional() }),
  z.object({ name: z.string(), masked: z.string(), valueId: z.undefined().optional() }),
])
const firstNetwork = storedNetwork.extend({
  extraHeaders: z.array(z.union([firstHeader, ...storedNetwork.shape.extraHeaders.element.options])),
})

const firstExtensions = z.record(z.string(), z.unknown())

type FirstProvider = Pick<Provider, keyof typeof PROVIDER_ROW | 'extensions' | 'number' | 'testAfterWrites'>

/** Brings all providers and their secrets into the form of this release, page by page. */
export async function upgradeProviders(
  transaction: TransactionClient,
  keyring: Keyring,
  readers: readonly FirstReleaseReader[],
  outdated: readonly KeyringKey[],
): Promise<ProviderCounts> {
  const counts = { providers: 0, headers: 0, secrets: 0, unreadable: 0 }
  for (let after = 0; ; ) {
    const rows = await transaction.provider.findMany({
      where: { number: { gt: after } },
      select: { ...PROVIDER_ROW, extensions: true, number: true, testAfterWrites: true },
      orderBy: { number: 'asc' },
      take: PAGE,
    })
    const providers: UpgradedProvider[] = []
    for (const row of rows) {
      const { network, fresh } = upgradeNetwork(row.network)
      const columns = routeOf(row, readers)
      await transaction.provider.update({
        where: { id: row.id },
        data: { ...columns, ...(network === null ? {} : { network }) },
        select: { id: true },
      })
      providers.push({ row: { ...row, ...columns, network }, fresh })
      counts.headers += fresh.size
    }
    const { secrets, unreadable } = await upgradeSecrets(transaction, keyring, readers, outdated, providers)
    counts.providers += rows.length
    counts.secrets += secrets
    counts.unreadable += unreadable
    const last = rows.at(-1)
    if (last === undefined) return counts
    after = last.number
  }
}

/** The headers say whether they are bound; those that count as credentials are to be sealed. */
function upgradeNetwork(column: unknown): { network: NetworkConfig | null; fresh: Map<string, Secret> } {
  const fresh = new Map<string, Secret>()
  if (column === null) return { network: null, fresh }
  const { extraHeaders, ...rest } = firstNetwork.parse(column)
  const headers = extraHeaders.map((header): NetworkConfig['extraHeaders'][number] => {
    const { name } = header
    if ('masked' in header) return { name, masked: header.masked, valueId: header.valueId ?? randomUUID() }
    const { value } = header
    if (!isBoundHeader(name) || !isCredential(name, value)) return { name, value, bound: header.bound ?? isBoundHeader(name) }
    fresh.set(headerField(name), new Secret(value))
    return { name, masked: maskKey(value), valueId: randomUUID() }
  })
  return { network: { ...rest, extraHeaders: headers }, fresh }
}

/** What the gateway acts on of what was kept for others. */
function routeOf(
  { extensions, modelsPath, testAfterWrites }: FirstProvider,
  readers: readonly FirstReleaseReader[],
): Pick<Provider, 'modelsPath' | 'testAfterWrites'> {
  const kept = firstExtensions.safeParse(extensions).data ?? {}
  const [route] = readers.flatMap((reader) => reader.readProvider(kept[reader.namespace]) ?? [])
  if (route === undefined) return { modelsPath, testAfterWrites }
  return { modelsPath: modelsPath ?? route.modelsPath, testAfterWrites: route.testAfterWrites }
}
