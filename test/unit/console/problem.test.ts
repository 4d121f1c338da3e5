import { createClient, fetchExchange } from '@urql/core'
import { expect, test } from 'vitest'
import { whyNoResult } from '../../../console/src/gateway/problem.ts'

/** What a person reads of a change for which a gateway answers this. */
async function wordsFor(answer: () => Response): Promise<string> {
  const client = createClient({
    url: 'http://gateway.example.com/graphql',
    exchanges: [fetchExchange],
    fetch: () => Promise.resolve(answer()),
  })
  const { error } = await client.mutation('mutation { change }', {}).toPromise()
  return whyNoResult(error)
}

const fault = (code: string, status: number) => () =>
  Response.json({ data: null, errors: [{ message: 'It failed.', extensions: { code } }] }, { status })

test.each<[string, () => Response]>([
  ['the database, which may have kept it, failed', fault('SERVICE_UNAVAILABLE', 503)],
  ['the gateway failed, as it may while it reads the answer', fault('INTERNAL_SERVER_ERROR', 500)],
  ['a proxy answered in place of the gateway', () => new Response('Bad gateway', { status: 502 })],
])('a change is said to be made, maybe, when %s', async (_when, answer) => {
  expect(await wordsFor(answer)).toContain('The change may have been made')
})

test.each(['UNAUTHENTICATED', 'FORBIDDEN', 'BAD_USER_INPUT', 'QUERY_TOO_COMPLEX', 'RATE_LIMITED'])(
  'a change that is refused with %s before it begins is not said to be made',
  async (code) => {
    expect(await wordsFor(fault(code, 403))).toBe('It failed.')
  },
)
