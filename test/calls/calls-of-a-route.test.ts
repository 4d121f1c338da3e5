import { expect, test } from 'vitest'
import { callToken } from '../support/call-token.ts'
import { startCallVendor } from '../support/call-vendor.ts'
import { writerOf } from '../support/providers.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
const vendor = useStarted(() => startCallVendor())

const call = (token: string, model: string) =>
  gateway.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [] }),
  })

const callsOf = (route: string, token?: string) =>
  gateway.ask('query ($route: String) { modelCalls(route: $route) { totalCount nodes { route model } } }', { route }, token)

test('calls are found by the route that they named: all for admins, their own for others', async () => {
  await writerOf(gateway).created({
    name: 'openai',
    baseUrl: `${vendor.origin}/v1`,
    apiKeys: [{ credential: { value: 'sk-route-fixture-0000000001' } }],
  })
  await gateway.ask(
    'mutation { createModelRoute(input: { name: "fast", targets: [{ provider: { name: "openai" }, model: "gpt-5" }] }) { __typename } }',
  )
  const [own, other] = [await callToken(gateway), await callToken(gateway)]
  for (const [token, model] of [
    [own, 'fast'],
    [other, 'fast'],
    [own, 'openai/gpt-5'],
  ] as const)
    expect((await call(token, model)).status).toBe(200)
  const named = { route: 'fast', model: 'gpt-5' }
  expect(await callsOf('fast')).toEqual({ modelCalls: { totalCount: 2, nodes: [named, named] } })
  expect(await callsOf('fast', own)).toEqual({ modelCalls: { totalCount: 1, nodes: [named] } })
  expect(await callsOf('slow')).toEqual({ modelCalls: { totalCount: 0, nodes: [] } })
})
