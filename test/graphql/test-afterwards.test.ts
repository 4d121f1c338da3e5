import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writerOf } from '../support/providers.ts'
import { useGateway } from '../support/use.ts'

/** Answers as Ollama and as an OpenAI-like server do, to everybody. */
let upstream: Server
let baseUrl: string
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
const admin = writerOf(gateway)
beforeAll(async () => {
  upstream = createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    const list = request.url?.startsWith('/api/tags') ? { models: [{ name: 'llama3' }] } : { object: 'list', data: [{ id: 'llama3' }] }
    response.end(JSON.stringify(list))
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const address = upstream.address()
  if (address === null || typeof address === 'string') throw new Error('The upstream has no port.')
  baseUrl = `http://127.0.0.1:${address.port}`
})
afterAll(() => {
  upstream.close()
})

test.each([
  ['software that needs no key', { name: 'ollama', type: 'OPENAI_COMPAT' }],
  ['other software that needs no key', { name: 'vllm', type: 'OPENAI_COMPAT' }],
  ['a header that authenticates', { type: 'OPENAI', network: { extraHeaders: [{ name: 'X-Api-Key', value: 'a-secret-of-a-header' }] } }],
  ['an endpoint that is said to need no key', { type: 'OPENAI', testAfterWrites: 'ALWAYS' }],
])('a write that asks for a test gets one without a stored key: %s', async (_what, input) => {
  const created = await admin.created({ ...input, baseUrl, testAfterwards: true })
  expect(created.lastConnectionTest).not.toBeNull()
  const changed = await admin.updated(created.id, { baseUrl: `${baseUrl}/v1`, testAfterwards: true })
  expect(changed.lastConnectionTest).not.toBeNull()
})
