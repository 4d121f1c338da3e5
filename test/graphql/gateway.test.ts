import { expect, test } from 'vitest'
import { useGateway } from '../support/use.ts'

const gateway = useGateway()

test('a gateway keeps its data over a restart', async () => {
  const { id } = await gateway.createToken('VIEWER')
  await gateway.restart()
  expect(await gateway.ask('query ($id: ID!) { node(id: $id) { ... on AccessToken { role } } }', { id })).toEqual({
    node: { role: 'VIEWER' },
  })
})
