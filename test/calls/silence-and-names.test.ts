import type { LookupOptions } from 'node:dns'
import dns from 'node:dns/promises'
import { syncBuiltinESMExports } from 'node:module'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { callToken } from '../support/call-token.ts'
import { type CallVendor, chatAnswer, chunkOf, openStream, startCallVendor } from '../support/call-vendor.ts'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'
import { writerOf } from '../support/providers.ts'
import { rawCall } from '../support/raw-call.ts'

/** What the system's resolver says of the vendor's name, which no test can change there. */
let address = '127.0.0.1'
const { lookup } = dns
Object.assign(dns, {
  lookup: async (name: string, options: LookupOptions) => (name === 'vendor.test' ? [{ address, family: 4 }] : lookup(name, options)),
})
syncBuiltinESMExports()

let gateway: TestGateway
let vendor: CallVendor
let token: string

beforeAll(async () => {
  vendor = await startCallVendor()
  gateway = await startTestGateway({ environment: { OUTBOUND_ALLOW: '127.0.0.1/32', CALL_IDLE_SECONDS: '1' } })
  const { port } = new URL(vendor.origin)
  await writerOf(gateway).created({
    ...{ name: 'vendor', type: 'OPENAI', baseUrl: `http://vendor.test:${port}/v1` },
    apiKeys: [{ credential: { value: 'sk-silence-fixture-aaaa-bbbb-cccc' } }],
  })
  token = await callToken(gateway)
})
afterAll(async () => {
  Object.assign(dns, { lookup })
  syncBuiltinESMExports()
  await gateway.close()
  await vendor.close()
})
beforeEach(() => {
  vendor.requests.length = 0
  address = '127.0.0.1'
})

const call = () =>
  rawCall(gateway.url, {
    path: '/ai/vendor/v1/chat/completions',
    body: '{"model":"gpt-5","messages":[]}',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  })

test('a vendor that falls silent within its answer is left: the stream ends with an event that says so, and with a cut', async () => {
  const before = vendor.aborted()
  vendor.answerWith((_request, response) => {
    openStream(response)
    response.write(chunkOf('one'))
  })
  const { status, body, complete } = await call()
  expect([status, complete]).toEqual([200, false])
  const [, last = ''] = body.toString().split(chunkOf('one'))
  expect(JSON.parse(last.replace(/^data: /, '')).error).toMatchObject({
    code: 'upstream_unreachable',
    message: expect.stringContaining('stopped sending'),
  })
  await vendor.until(() => vendor.aborted() > before)
})

test('a name that leads elsewhere by the next connection is judged again: what the operator does not allow is not dialled', async () => {
  vendor.answerWith((request, response) => {
    response.setHeader('connection', 'close')
    chatAnswer(request, response)
  })
  expect((await call()).status).toBe(200)
  address = '127.0.0.2'
  const { status, body } = await call()
  expect([status, JSON.parse(body.toString()).error.code]).toEqual([502, 'address_blocked'])
  expect(vendor.requests).toHaveLength(1)
})
