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
  if (changes.some((change) => nameOf(change))) await engine.takeTurn(transaction, 'key names')
  for (const [index, change] of changes.entries()) {
    const name = nameOf(change)
    if (!name) continue
    const ownId = 'keep' in change ? change.keep.id : ''
    const isRepeated = changes.slice(0, index).some((earlier) => nameOf(earlier) === name)
    const isTaken =
      isRepeated || (await transaction.apiKey.findFirst({ where: { name, id: { not: ownId } }, select: { id: true } })) !== null
    const path = ['apiKeys', String(index), 'name']
    if (isTaken) issues.push({ path, rule: 'API_KEY_NAME_TAKEN', message: 'Another key has this name. Choose a different one.' })
  }
  return issues
}

function nameOf(change: ApiKeyChange): string | null | undefined {
  if ('remove' in change) return null
  return 'keep' in change ? change.keep.name : change.add.name
}
