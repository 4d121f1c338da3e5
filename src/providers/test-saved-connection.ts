import type { StoredProvider } from '../api-keys/read-stored-provider.ts'
import type { Caller } from '../auth/principal.ts'
import { ProviderNotFoundError } from '../errors.ts'
import type { Provider } from '../generated/prisma-sqlite/client.ts'
import { alreadyRunning, type TestLimiter, tooManyWaiting } from '../upstream/test/limiter.ts'
import { type Outcome, worstOf } from '../upstream/test/outcome.ts'
import type { ProbeRequest } from '../upstream/test/probe-connection.ts'
import { type FreshTest, storeTests, toRow } from './connection-test-store.ts'
import type { ProviderDeps } from './provider-deps.ts'
import { openForCall, readProviderForUse } from './provider-for-use.ts'
import type { ProviderRef } from './provider-input.ts'
import { planAttempts, unreadableMessage } from './test-attempts.ts'

/** What a test needs besides what all commands do: one real call to an upstream, under the limits for all of them. */
export interface TestDeps extends ProviderDeps {
  /** Never throws for a reason of the upstream's. */
  readonly probe: (request: ProbeRequest, left: AbortSignal) => Promise<Outcome>
  /** Lets one more run of a token's tests in, until what it returns is called; null when too many of them wait. */
  readonly admitTest: TestLimiter['admit']
  /** Runs the tests of one provider when it is their turn: a few at a time, or not at all when that takes too long. */
  readonly runTests: TestLimiter['run']
  /** Whether a test of the provider is under way in this process. */
  readonly isTesting: TestLimiter['isRunning']
}

/** Who asked for a test, and whether they still wait for it. */
export interface TestCaller extends Caller {
  /** Aborted when the client has left: a test that waits is not run then, and one that runs ends. */
  readonly left: AbortSignal
}

/** What a test found: one row per key tried, and the worst of them, which stands for all. */
export interface TestedConnection {
  readonly worst: FreshTest
  readonly tests: readonly FreshTest[]
  /** Null for a draft. */
  readonly providerId: string | null
}

/**
 * Calls the upstream of a stored provider with the key asked for, or with each enabled one, and stores what it found.
 * A refusal by the upstream is a result.
 * @param waits whether to wait for a test of the provider that is under way; else nothing is tested then, and nothing stored.
 * Neither is anything while too many tests of the same token wait.
 * @throws ProviderNotFoundError, ApiKeyNotFoundError; Fault when the client has left.
 */
export async function testSavedConnection(
  deps: TestDeps,
  caller: TestCaller,
  ref: ProviderRef,
  apiKeyId: string | undefined,
  waits: boolean,
): Promise<TestedConnection> {
  const read = await readProviderForUse(deps.database, ref)
  if (read === null) throw new ProviderNotFoundError()
  return testRead(deps, caller, read, apiKeyId, waits)
}

/** The same for a provider that has been read just now. */
export async function testRead(
  deps: TestDeps,
  caller: TestCaller,
  read: StoredProvider,
  apiKeyId: string | undefined,
  waits = true,
): Promise<TestedConnection> {
  const { id } = read.provider
  const done = deps.admitTest(caller.principal.tokenId)
  if (done === null) return summarize([toRow(tooManyWaiting(), id, null, deps.clock())], id)
  try {
    return await testAdmitted(deps, caller, read, apiKeyId, waits)
  } finally {
    done()
  }
}

async function testAdmitted(
  deps: TestDeps,
  caller: TestCaller,
  read: StoredProvider,
  apiKeyId: string | undefined,
  waits: boolean,
): Promise<TestedConnection> {
  const { provider } = read
  const attempts = planAttempts(read, apiKeyId)
  const now = deps.clock()
  if (!waits && deps.isTesting(provider.id)) return summarize([toRow(alreadyRunning(), provider.id, null, now)], provider.id)
  if ('notTestable' in attempts) {
    const tests = [toRow(notTestable(attempts.notTestable), provider.id, null, now)]
    await storeTests(deps.database, caller, provider, tests, now)
    return summarize(tests, provider.id)
  }
  const { tests, tested } = await tryAll(deps, caller, read, attempts, now)
  await storeTests(deps.database, caller, tested, tests, now)
  return summarize(tests, provider.id)
}

/** The result of a run: there is at least one test in it. */
export function summarize(tests: readonly FreshTest[], providerId: string | null): TestedConnection {
  const worst = worstOf(tests)
  if (worst === null) throw new Error('A connection test has at least one result.')
  return { worst, tests, providerId }
}

interface Tried {
  readonly tests: FreshTest[]
  /** The provider in the state that was tested. */
  readonly tested: Provider
}

async function tryAll(
  deps: TestDeps,
  caller: TestCaller,
  read: StoredProvider,
  attempts: readonly (string | null)[],
  now: Date,
): Promise<Tried> {
  const { left } = caller
  const asked = read.provider
  const readAtTurn = whileFresh(read, () => readProviderForUse(deps.database, { id: asked.id }))
  let tested = asked
  const readOnce = async () => {
    const use = await readAtTurn()
    tested = use?.provider ?? tested
    return use
  }
  const outcomes = await deps.runTests(
    { provider: asked.id, token: caller.principal.tokenId, left },
    attempts.map((apiKeyId) => async () => tryOne(deps, await readOnce(), apiKeyId, left)),
  )
  const tests = outcomes.flatMap((outcome, index) => {
    const apiKeyId = attempts[index]
    return apiKeyId === undefined ? [] : [toRow(outcome, asked.id, apiKeyId, now)]
  })
  return { tests, tested }
}

/**
 * What all keys of a run are tried with, in one state of the data. When the turn of the first one comes at once, that is what
 * has just been read; else it is read anew then, and nothing is held meanwhile.
 */
function whileFresh(read: StoredProvider, again: () => Promise<StoredProvider | null>): () => Promise<StoredProvider | null> {
  let known: Promise<StoredProvider | null> | null = Promise.resolve(read)
  let isUsed = false
  setImmediate(() => {
    if (!isUsed) known = null
  })
  return () => {
    isUsed = true
    known ??= again()
    return known
  }
}

async function tryOne(deps: TestDeps, use: StoredProvider | null, apiKeyId: string | null, left: AbortSignal): Promise<Outcome> {
  const key = use?.stored.keys.find(({ id }) => id === apiKeyId) ?? null
  const isGone = use === null || (apiKeyId === null ? use.stored.keys.length > 0 && use.provider.settings === null : key === null)
  if (isGone) return notTestable('It was changed or deleted before its turn came. Test it again.')
  let request: ProbeRequest
  try {
    const { type, vendorPreset, modelsPath, authentication } = use.provider
    request = { type, vendorPreset, modelsPath, authentication, ...openForCall(deps, use, key) }
  } catch (error) {
    return notTestable(unreadableMessage(error))
  }
  return deps.probe(request, left)
}

function notTestable(message: string): Outcome {
  return { status: 'NOT_TESTABLE', message, httpStatus: null, keyVerified: false, models: [], durationMs: 0 }
}
