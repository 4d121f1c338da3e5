import type { StoredKeys } from '../api-keys/plan-key-changes.ts'
import { writeKeys } from '../api-keys/write-keys.ts'
import type { TransactionClient } from '../database/client.ts'
import { Prisma, type Provider } from '../generated/prisma-sqlite/client.ts'
import { readNetworkConfig } from './network-config.ts'
import type { ChangePlan } from './plan-change.ts'
import { searchColumns } from './search-text.ts'
import { changedNetworkFields } from './store-network.ts'

/** Writes the row of a provider and of its keys as the plan has them, but for their secrets. */
export async function writePlan(
  transaction: TransactionClient,
  provider: Provider,
  stored: StoredKeys,
  { columns, network, keys }: ChangePlan,
  now: Date,
): Promise<void> {
  const { settings, extensions, callHeaders, vendorPreset: _, ...plain } = columns
  const isNetworkChanged = network !== undefined && changedNetworkFields(readNetworkConfig(provider.network), network).length > 0
  const isEndpointChanged =
    settings !== undefined ||
    plain.baseUrl !== provider.baseUrl ||
    plain.modelsPath !== provider.modelsPath ||
    plain.authentication !== provider.authentication
  const isRouteChanged = isEndpointChanged || isNetworkChanged
  if (isRouteChanged) await transaction.apiKey.updateMany({ where: { providerId: provider.id }, data: { lastConnectionTestId: null } })
  if (keys !== undefined) await writeKeys(transaction, stored, keys)
  await transaction.provider.update({
    where: { id: provider.id },
    data: {
      ...plain,
      ...searchColumns({ name: provider.name, displayName: plain.displayName, baseUrl: plain.baseUrl }),
      ...(settings === undefined ? {} : { settings }),
      ...(extensions === undefined ? {} : { extensions }),
      callHeaders: callHeaders ?? Prisma.DbNull,
      ...(network === undefined ? {} : { network: network.config }),
      ...(isEndpointChanged ? { endpointChangedAt: now } : {}),
      ...(isRouteChanged || areKeysChanged(keys) ? { lastConnectionTestId: null } : {}),
    },
    select: { id: true },
  })
}

function areKeysChanged(keys: ChangePlan['keys']): boolean {
  if (keys === undefined) return false
  const { added, removed, replaced, switched } = keys.summary
  return added.length > 0 || removed.length > 0 || replaced.length > 0 || switched
}
