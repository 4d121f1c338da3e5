import { beforeAll, describe, expect, test } from 'vitest'
import { callToken } from '../support/call-token.ts'
import { chunkOf, openStream, startCallVendor, useCallVendor } from '../support/call-vendor.ts'
import { writerOf } from '../support/providers.ts'
import { beginCall, headOf, type RawCall, rawCall, readAnswer } from '../support/raw-call.ts'
import { useGateway } from '../support/use.ts'

const KEY = 'sk-faults-fixture-aaaa-bbbb-cccc'
let token: string

const vendor = useCallVendor()
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
const writer = writerOf(gateway)
beforeAll(async () => {
  await writer.created({
    name: 'vendor',
    type: 'OPENAI',
    baseUrl: `${vendor.origin}/v1`,
    apiKeys: [{ credential: { value: KEY } }],
  })
  token = await callToken(gateway)
})

const BODY = '{"model":"gpt-5","messages":[]}'
const chat = (more: Partial<RawCall> = {}): RawCall => ({
  path: '/ai/vendor/v1/chat/completions',
  body: BODY,
  ...more,
  headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...more.headers },
})
const call = (more: Partial<RawCall> = {}) => rawCall(gateway.url, chat(more))
const errorOf = (body: Buffer): { code: string; message: string } => JSON.parse(body.toString()).error

describe('the address of the provider', () => {
  test('is looked at with each new connection: one that the operator no longer allows is not called', async () => {
    await gateway.restart({ OUTBOUND_ALLOW: '' })
    const { status, body, headers } = await call()
    expect([status, errorOf(body).code, headers['x-should-retry']]).toEqual([502, 'address_blocked', 'false'])
    await gateway.restart()
    expect((await call()).status).toBe(200)
  })
})

describe('the provider changes during a stream', () => {
  /** Begins a stream, changes the provider, and lets the stream end. */
  async function during(change: () => Promise<unknown>): Promise<string> {
    let finish: () => void = () => {}
    const mayEnd = new Promise<void>((resolve) => {
      finish = resolve
    })
    vendor.answerWith(async (_request, response) => {
      openStream(response)
      response.write(chunkOf('one'))
      await mayEnd
      response.end(chunkOf('two'))
    })
    const answer = await headOf(beginCall(gateway.url, chat({ path: '/ai/changing/v1/chat/completions' })))
    const read = readAnswer(answer)
    await change()
    const next = await call({ path: '/ai/changing/v1/chat/completions' })
    finish()
    const { body, complete } = await read
    expect([complete, body.toString()]).toEqual([true, chunkOf('one') + chunkOf('two')])
    return next.status === 200 ? 'ok' : errorOf(next.body).code
  }

  test('disabled, moved, deleted: the stream goes on to its end, and the next call hears of the change', async () => {
    const elsewhere = await startCallVendor()
    const made = await writer.created({ name: 'changing', baseUrl: `${vendor.origin}/v1`, apiKeys: [{ credential: { value: KEY } }] })
    expect(await during(() => writer.updated(made.id, { enabled: false }))).toBe('provider_disabled')
    await writer.updated(made.id, { enabled: true })
    expect(await during(() => writer.updated(made.id, { baseUrl: `${elsewhere.origin}/v1` }))).toBe('ok')
    expect(elsewhere.requests).toHaveLength(1)
    await writer.updated(made.id, { baseUrl: `${vendor.origin}/v1` })
    expect(await during(() => writer.remove(made.id))).toBe('provider_not_found')
    await elsewhere.close()
  })
})
