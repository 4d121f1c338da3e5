import type { CombinedError } from '@urql/core'
import type { GatewayClients } from '../gateway/clients.ts'
import { problemOf } from '../gateway/problem.ts'
import {
  DeleteProviderDocument,
  type ProviderFilter,
  ProvidersToTestDocument,
  TestConnectionDocument,
  UpdateProviderDocument,
} from '../generated/documents.ts'
import { statusOf } from '../parts/test-status.tsx'
import type { Ending, Target } from './run-each.ts'

/** Something that is done with each of several providers. */
export interface BulkAct {
  readonly running: string
  readonly done: string
  readonly act: (clients: GatewayClients, target: Target) => Promise<Ending>
}

export const TEST: BulkAct = { running: 'Testing connections', done: 'Connections tested', act: testOne }
export const ENABLE: BulkAct = { running: 'Enabling providers', done: 'Providers enabled', act: switchTo(true) }
export const DISABLE: BulkAct = { running: 'Disabling providers', done: 'Providers disabled', act: switchTo(false) }
export const DELETE: BulkAct = { running: 'Deleting providers', done: 'Providers deleted', act: deleteOne }

/** Every provider that the filter names. @throws Error with words for a person. */
export async function findTargets({ writes }: GatewayClients, filter: ProviderFilter | undefined): Promise<Target[]> {
  const targets: Target[] = []
  let after: string | null = null
  do {
    const answer: Awaited<ReturnType<typeof readPage>> = await readPage(writes, filter, after)
    const { providers } = given(answer)
    targets.push(...providers.nodes)
    after = providers.pageInfo.hasNextPage ? providers.pageInfo.endCursor : null
  } while (after !== null)
  return targets
}

function readPage(client: GatewayClients['writes'], filter: ProviderFilter | undefined, after: string | null) {
  return client.query(ProvidersToTestDocument, { filter, after }).toPromise()
}

async function testOne({ writes }: GatewayClients, { id }: Target): Promise<Ending> {
  const { testConnection: result } = given(
    await writes.mutation(TestConnectionDocument, { input: { saved: { provider: { id } } } }).toPromise(),
  )
  // One that was deleted meanwhile has nothing to test any more.
  if (result.__typename !== 'TestConnectionPayload') return { ...statusOf('NOT_TESTABLE'), message: result.message }
  return { ...statusOf(result.test.status), message: result.test.message }
}

function switchTo(enabled: boolean): BulkAct['act'] {
  return async ({ writes }, { id }) => {
    const { updateProvider: result } = given(
      await writes.mutation(UpdateProviderDocument, { input: { provider: { id }, enabled } }).toPromise(),
    )
    if (result.__typename === 'UpdateProviderPayload') return { label: enabled ? 'enabled' : 'disabled', tone: 'good', message: '' }
    return { label: 'unchanged', tone: 'bad', message: result.message }
  }
}

/** One that routes use is not deleted: its own page names them and asks. */
async function deleteOne({ writes }: GatewayClients, { id }: Target): Promise<Ending> {
  const { deleteProvider: result } = given(
    await writes.mutation(DeleteProviderDocument, { input: { provider: { id }, force: false } }).toPromise(),
  )
  if (result.__typename === 'DeleteProviderPayload') return { label: 'deleted', tone: 'good', message: '' }
  return { label: 'not deleted', tone: 'bad', message: result.message }
}

/** @throws Error when there is no answer. */
function given<T>({ data, error }: { readonly data?: T | undefined; readonly error?: CombinedError | undefined }): T {
  if (data === undefined) throw new Error(error === undefined ? 'The gateway did not answer.' : problemOf(error).message)
  return data
}
