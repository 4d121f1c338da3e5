import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'
import { CREATE, uniqueName } from '../support/providers.ts'
import { type HoldingUpstream, startHoldingUpstream } from '../support/upstream/holding-upstream.ts'

let gateway: TestGateway
let upstream: HoldingUpstream
let lines: string[]
let nextLine = () => {}

beforeEach(async () => {
  lines = []
  const log = (line: string) => {
    lines.push(line)
    nextLine()
  }
  gateway = await startTestGateway({ environment: { OUTBOUND_ALLOW: 'loopback' }, log })
  upstream = await startHoldingUpstream()
})
afterEach(async () => {
  await upstream.close()
  await gateway.close()
})

const TEST = 'mutation ($input: TestConnectionInput!) { testConnection(input: $input) { __typename } }'

/** A request whose test calls the upstream with the key of this provider. */
type TestRequest = (name: string) => { readonly path: string; readonly body?: object }

const REQUESTS: Readonly<Record<string, TestRequest>> = {
  GraphQL: (name) => ({ path: '/graphql', body: { query: TEST, variables: { input: { saved: { provider: { name } } } } } }),
  "Coder's API": (name) => ({ path: `/api/v2/ai/providers/${name}/test` }),
  'a refresh of models in Bifrost': (name) => ({ path: `/bifrost/api/providers/${name}/refresh-models` }),
  'a key added in Bifrost': (name) => ({ path: `/bifrost/api/providers/${name}/keys`, body: { value: 'sk-another-key-0123' } }),
  "ZIRI's API": (name) => ({ path: `/ziri/api/providers/${name}/test` }),
}

async function created(): Promise<string> {
  const name = uniqueName()
  const input = { name, type: 'OPENAI', baseUrl: `${upstream.origin}/v1`, apiKeys: [{ credential: { value: 'sk-the-key-0123456789' } }] }
  await gateway.ask(CREATE, { input })
  return name
}

/** Sends a request on a connection of its own. */
async function sent({ path, body }: { readonly path: string; readonly body?: object }): Promise<Socket> {
  const { hostname, port } = new URL(gateway.url)
  const text = body === undefined ? '' : JSON.stringify(body)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  socket.resume()
  await once(socket, 'connect')
  const head = [
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(text)}`,
    `authorization: Bearer ${gateway.adminToken}`,
  ]
  socket.write(`POST ${path} HTTP/1.1\r\nhost: gateway\r\n${head.join('\r\n')}\r\n\r\n${text}`)
  return socket
}

/** Waits until the gateway has noticed that so many clients left without their answer. */
async function leftUnanswered(count: number): Promise<void> {
  while (lines.filter((line) => line.includes('"complete":false')).length < count)
    await new Promise<void>((resolve) => {
      nextLine = resolve
    })
}

const lastTestOf = async (name: string) => {
  const query = 'query ($name: String!) { provider(by: { name: $name }) { lastConnectionTest { status } } }'
  return (await gateway.ask<{ provider: { lastConnectionTest: { status: string } | null } }>(query, { name })).provider.lastConnectionTest
}
const auditedTests = async () => {
  const { auditEvents } = await gateway.ask<{ auditEvents: { nodes: { action: string }[] } }>('{ auditEvents { nodes { action } } }')
  return auditEvents.nodes.filter(({ action }) => /TESTED$/.test(action)).length
}
const unexpected = () => lines.filter((line) => line.includes('unexpected error'))

describe.each(Object.entries(REQUESTS))('a client that leaves while its test runs, over %s,', (_, requestFor) => {
  test.each(['closes', 'resets'] as const)(
    '%s the connection: the call to the upstream ends, and nothing is told of the provider',
    async (how) => {
      const name = await created()
      const client = await sent(requestFor(name))
      const { gone } = await upstream.request(0)
      if (how === 'closes') client.end()
      else client.resetAndDestroy()
      await gone
      // A test that had ended by itself would have been stored before this one, whose turn comes after it.
      upstream.release()
      await gateway.ask(TEST, { input: { saved: { provider: { name } } } })
      expect(await auditedTests()).toBe(1)
      expect(await lastTestOf(name)).toEqual({ status: 'OK' })
      expect(unexpected()).toEqual([])
    },
  )
})

test('a draft of a client that leaves ends too', async () => {
  const draft = { type: 'OPENAI', baseUrl: `${upstream.origin}/v1`, apiKey: 'sk-a-draft-0123456789' }
  const client = await sent({ path: '/graphql', body: { query: TEST, variables: { input: { draft } } } })
  const { gone } = await upstream.request(0)
  client.destroy()
  await gone
  await leftUnanswered(1)
  expect(await auditedTests()).toBe(0)
})

test('tests that wait are not run when their clients have left', async () => {
  const name = await created()
  const request = { saved: { provider: { name } } }
  const first = gateway.ask(TEST, { input: request })
  await upstream.request(0)
  const waiting = await Promise.all(
    Array.from({ length: 10 }, () => sent({ path: '/graphql', body: { query: TEST, variables: { input: request } } })),
  )
  for (const client of waiting) client.end()
  await leftUnanswered(waiting.length)
  upstream.release()
  await first
  await gateway.ask(TEST, { input: request })
  // Of the first test and the last one: each tries the key, and a random one.
  expect(upstream.count()).toBe(4)
  expect(unexpected()).toEqual([])
})
