import type { ApiKeyChange } from '../api-keys/api-key-input.ts'
import type { TransactionClient } from '../database/client.ts'
import type { Engine } from '../database/engine.ts'
import type { ValidationIssue } from '../errors.ts'

/**
 * Where the caller's rules say so, the name of a key is its own among the named keys of all providers.
 * Names may repeat elsewhere, so no index of the database can say so: those who give names take turns until they commit.
 */
export async function checkKeyNames(
  transaction: TransactionClient,
  engine: Engine,
  changes: readonly ApiKeyChange[],
): Promise<ValidationIssue[]> {
  const given = changes.flatMap((change, index) => namedIn(change, index))
  if (given.length === 0) return []
  await engine.takeTurn(transaction, 'key names')
  const known = await transaction.apiKey.groupBy({
    by: ['name'],
    where: { name: { in: given.map(({ name }) => name) } },
    _count: true,
    _min: { id: true },
  })
  const holders = new Map(known.map(({ name, _count, _min }) => [name, _count > 1 ? null : _min.id]))
  return given.flatMap(({ name, ownId, index }, at) => {
    const isRepeated = given.slice(0, at).some((earlier) => earlier.name === name)
    const isFree = !holders.has(name) || holders.get(name) === ownId
    const path = ['apiKeys', String(index), 'name']
    const message = 'Another key has this name. Choose a different one.'
    return isFree && !isRepeated ? [] : [{ path, rule: 'API_KEY_NAME_TAKEN', message }]
  })
}

/** The name that a change gives, and the key that may have it already. */
function namedIn(change: ApiKeyChange, index: number): { readonly name: string; readonly ownId: string; readonly index: number }[] {
  if ('remove' in change) return []
  const [name, ownId] = 'keep' in change ? [change.keep.name, change.keep.id] : [change.add.name, '']
  return name ? [{ name, ownId, index }] : []
}
