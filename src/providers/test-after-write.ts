import { ApiKeyNotFoundError, ProviderNotFoundError } from '../errors.ts'
import { type TestCaller, type TestDeps, testSavedConnection } from './test-connection.ts'

/**
 * Tests what was just stored, when there is something to test: an enabled key, or an endpoint that may need none, because it
 * is open, has settings of its own or a header that authenticates. The write stands whatever the test finds.
 */
export async function testAfterWrite(deps: TestDeps, caller: TestCaller, providerId: string): Promise<void> {
  const provider = await deps.database.prisma.provider.findFirst({ where: { id: providerId, deletedAt: null } })
  if (provider === null || provider.testAfterWrites === 'NEVER') return
  const enabled = await deps.database.prisma.apiKey.count({ where: { providerId, enabled: true } })
  const mayNeedNoKey = provider.testAfterWrites === 'ALWAYS' || caller.rules.testsWithoutKey
  if (enabled === 0 && !(mayNeedNoKey && provider.baseUrl !== '')) return
  try {
    await testSavedConnection(deps, caller, { id: providerId }, undefined)
  } catch (error) {
    const isGone = error instanceof ProviderNotFoundError || error instanceof ApiKeyNotFoundError
    if (!isGone) throw error
  }
}
