import { serverAudits } from 'graphql-http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
})
afterAll(() => gateway.close())

test('the server passes all 61 audits of the GraphQL-over-HTTP specification', async () => {
  const fetchWithToken = (url: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${gateway.adminToken}`)
    return fetch(url, { ...init, headers })
  }
  const audits = serverAudits({ url: `${gateway.url}/graphql`, fetchFn: fetchWithToken })
  const results = await Promise.all(audits.map((audit) => audit.fn()))
  const failures = results.filter(({ status }) => status !== 'ok')
  expect(failures.map(({ id, name, status }) => `${status} ${id} ${name}`)).toEqual([])
  expect(results).toHaveLength(61)
})
