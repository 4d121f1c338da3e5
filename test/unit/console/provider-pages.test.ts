import { createClient, fetchExchange } from '@urql/core'
import { expect, test } from 'vitest'
import { createProviderPages } from '../../../console/src/providers/provider-pages.ts'

/** A gateway that answers when it is told to: each answer says how many providers there are by then. */
function startSlowGateway() {
  const waiting: ((count: number) => void)[] = []
  const fetchSlowly: typeof fetch = (_input, init) =>
    new Promise((resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(new Error('Given up.')))
      waiting.push((totalCount) =>
        resolve(Response.json({ data: { providers: { totalCount, pageInfo: { hasNextPage: false, endCursor: null }, nodes: [] } } })),
      )
    })
  const client = createClient({ url: 'http://gateway.example.com/graphql', exchanges: [fetchExchange], fetch: fetchSlowly })
  return { client, waiting }
}

test('a list that others change faster than it is read is shown all the same, and read once more when they are done', async () => {
  const { client, waiting } = startSlowGateway()
  const pages = createProviderPages(client, { filter: null, orderBy: null })
  const stop = pages.subscribe(() => {})
  await expect.poll(() => waiting.length).toBe(1)
  for (let change = 0; change < 3; change += 1) pages.reload()
  waiting[0]?.(1)
  await expect.poll(() => pages.current().totalCount).toBe(1)
  await expect.poll(() => waiting.length).toBe(2)
  waiting[1]?.(4)
  await expect.poll(() => pages.current().totalCount).toBe(4)
  expect(waiting.length).toBe(2)
  expect(pages.current().isLoading).toBe(false)
  stop()
})
