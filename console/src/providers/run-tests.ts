import type { GatewayClients } from '../gateway/clients.ts'
import { problemOf } from '../gateway/problem.ts'
import { type ConnectionStatus, type ProviderFilter, ProvidersToTestDocument, TestConnectionDocument } from '../generated/documents.ts'

/** How far a run of tests has come. */
export interface TestRun {
  readonly total: number
  readonly done: number
  readonly isRunning: boolean
  readonly counts: ReadonlyMap<ConnectionStatus, number>
  /** Those whose test did not end well. */
  readonly failed: readonly { readonly id: string; readonly name: string; readonly message: string }[]
  /** What ended the run before its time. */
  readonly problem: string | null
}

/** Tests side by side; the gateway makes at most sixteen of everybody together. */
const AT_ONCE = 4

interface Target {
  readonly id: string
  readonly displayName: string
}

/** Tests every provider that the filter names, and tells after each of them how far it is. Ends early when aborted. */
export async function runTests(
  clients: GatewayClients,
  filter: ProviderFilter | undefined,
  signal: AbortSignal,
  tell: (run: TestRun) => void,
): Promise<void> {
  let run: TestRun = { total: 0, done: 0, isRunning: true, counts: new Map(), failed: [], problem: null }
  const update = (change: Partial<TestRun>) => {
    run = { ...run, ...change }
    if (!signal.aborted) tell(run)
  }
  update({})
  try {
    const targets = await findTargets(clients, filter)
    update({ total: targets.length })
    const queue = targets.values()
    const work = async () => {
      for (const target of queue) {
        if (signal.aborted || run.problem !== null) return
        const { status, message } = await testOne(clients, target)
        const counts = new Map(run.counts).set(status, (run.counts.get(status) ?? 0) + 1)
        const failed = status === 'OK' ? run.failed : [...run.failed, { id: target.id, name: target.displayName, message }]
        update({ done: run.done + 1, counts, failed })
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
  } catch (error) {
    update({ problem: error instanceof Error ? error.message : 'The tests were ended.' })
  }
  update({ isRunning: false })
}

async function findTargets({ writes }: GatewayClients, filter: ProviderFilter | undefined): Promise<Target[]> {
  const targets: Target[] = []
  let after: string | null = null
  do {
    const { data, error }: Awaited<ReturnType<typeof readPage>> = await readPage(writes, filter, after)
    if (data === undefined) throw new Error(error === undefined ? 'The gateway gave no answer.' : problemOf(error).message)
    targets.push(...data.providers.nodes)
    after = data.providers.pageInfo.hasNextPage ? data.providers.pageInfo.endCursor : null
  } while (after !== null)
  return targets
}

function readPage(client: GatewayClients['writes'], filter: ProviderFilter | undefined, after: string | null) {
  return client.query(ProvidersToTestDocument, { filter, after }).toPromise()
}

async function testOne({ writes }: GatewayClients, { id }: Target): Promise<{ status: ConnectionStatus; message: string }> {
  const { data, error } = await writes.mutation(TestConnectionDocument, { input: { saved: { provider: { id } } } }).toPromise()
  if (data === undefined) throw new Error(error === undefined ? 'The gateway gave no answer.' : problemOf(error).message)
  const result = data.testConnection
  // One that was deleted meanwhile has nothing to test any more.
  return result.__typename === 'TestConnectionPayload' ? result.test : { status: 'NOT_TESTABLE', message: result.message }
}
