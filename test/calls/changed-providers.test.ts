import { describe, expect, test } from 'vitest'
import { chunkOf, openStream, startCallVendor } from '../support/call-vendor.ts'
import { beginCall, headOf, readAnswer } from '../support/raw-call.ts'
import { errorOf, useVendorCalls, VENDOR_KEY } from '../support/vendor-calls.ts'

const { vendor, gateway, writer, chat, call } = useVendorCalls()

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
    const made = await writer.created({
      name: 'changing',
      baseUrl: `${vendor.origin}/v1`,
      apiKeys: [{ credential: { value: VENDOR_KEY } }],
    })
    expect(await during(() => writer.updated(made.id, { enabled: false }))).toBe('provider_disabled')
    await writer.updated(made.id, { enabled: true })
    expect(await during(() => writer.updated(made.id, { baseUrl: `${elsewhere.origin}/v1` }))).toBe('ok')
    expect(elsewhere.requests).toHaveLength(1)
    await writer.updated(made.id, { baseUrl: `${vendor.origin}/v1` })
    expect(await during(() => writer.remove(made.id))).toBe('provider_not_found')
    await elsewhere.close()
  })
})
