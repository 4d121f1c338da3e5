import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
})
afterAll(() => gateway.close())

test('a gateway keeps its data over a restart', async () => {
  const { id } = await gateway.createToken('VIEWER')
  await gateway.restart()
  expect(await gateway.ask('query ($id: ID!) { node(id: $id) { ... on AccessToken { role } } }', { id })).toEqual({
    node: { role: 'VIEWER' },
  })
})
