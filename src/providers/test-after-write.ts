import type { StoredProvider } from '../api-keys/read-stored-provider.ts'
import { ApiKeyNotFoundError, ProviderNotFoundError } from '../errors.ts'
import { readProviderForUse } from './provider-for-use.ts'
import { type TestCaller, type TestDeps, testRead } from './test-saved-connection.ts'

/**
 * Tests what was just stored, when there is something to test: an enabled key, or an endpoint that may need none, because it
 * is open, has settings of its own or a header that authenticates. The write stands whatever the test finds.
 */
export async function testAfterWrite(deps: TestDeps, caller: TestCaller, providerId: string): Promise<void> {
  const read = await readProviderForUse(deps.database, { id: providerId })
  if (read === null || !isWorthATest(read, caller)) return
  try {
    await testRead(deps, caller, read, undefined)
  } catch (error) {
    const isGone = error instanceof ProviderNotFoundError || error instanceof ApiKeyNotFoundError
    if (!isGone) throw error
  }
}

function isWorthATest({ provider, stored }: StoredProvider, { rules }: TestCaller): boolean {
  if (provider.testAfterWrites === 'NEVER') return false
  if (stored.keys.some(({ enabled }) => enabled)) return true
  return provider.baseUrl !== '' && (provider.testAfterWrites === 'ALWAYS' || rules.testsWithoutKey)
}
