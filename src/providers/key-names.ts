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
  const issues: ValidationIssue[] = []
  if (changes.some((change) => namesKey(change))) await engine.takeTurn(transaction, 'key names')
  for (const [index, change] of changes.entries()) {
    if ('remove' in change) continue
    const [name, ownId] = 'keep' in change ? [change.keep.name, change.keep.id] : [change.add.name, '']
    if (!name) continue
    const other = await transaction.apiKey.findFirst({ where: { name, id: { not: ownId } }, select: { id: true } })
    const path = ['apiKeys', String(index), 'name']
    if (other !== null) issues.push({ path, rule: 'API_KEY_NAME_TAKEN', message: 'Another key has this name. Choose a different one.' })
  }
  return issues
}

function namesKey(change: ApiKeyChange): boolean {
  if ('remove' in change) return false
  return Boolean('keep' in change ? change.keep.name : change.add.name)
}
