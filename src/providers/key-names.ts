import type { ApiKeyChange } from '../api-keys/api-key-input.ts'
import type { TransactionClient } from '../database/client.ts'
import type { ValidationIssue } from '../errors.ts'

/** In Bifrost the name of a key is its own among the named keys of all providers (Bifrost contract, decisions at its top). */
export async function checkKeyNames(transaction: TransactionClient, changes: readonly ApiKeyChange[]): Promise<ValidationIssue[]> {
  const issues: ValidationIssue[] = []
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
