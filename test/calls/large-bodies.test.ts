import { describe, expect, test } from 'vitest'
import { beginCall, headOf, readAnswer } from '../support/raw-call.ts'
import { errorOf, useVendorCalls } from '../support/vendor-calls.ts'

const { vendor, gateway, chat, call } = useVendorCalls()

describe('large bodies', () => {
  test('80 MB to a reader that stalls hold no more memory than the buffers on the way', async () => {
    const piece = Buffer.alloc(1_048_576, 65)
    let sent = 0
    vendor.answerWith(async (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream' })
      let goOn: () => void = () => {}
      response.on('drain', () => goOn()).on('close', () => goOn())
      for (; sent < 80 && !response.destroyed; sent += 1) {
        if (response.write(piece)) continue
        await new Promise<void>((resolve) => {
          goOn = resolve
        })
      }
      response.end()
    })
    const answer = await headOf(beginCall(gateway.url, chat()))
    answer.pause()
    let before = -1
    // It has stalled when nothing more is taken for a while.
    for (let still = 0; still < 20; still = sent === before ? still + 1 : 0) {
      before = sent
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    expect(sent).toBeLessThan(40)
    answer.resume()
    const { body, complete } = await readAnswer(answer)
    expect([complete, body.length]).toEqual([true, 80 * piece.length])
  })

  test('a JSON body of 20 MB passes byte for byte', async () => {
    const body = Buffer.from(`{"model":"gpt-5","messages":[{"role":"user","content":"${'é"'.replace('"', '\\"').repeat(4_000_000)}"}]}`)
    expect((await call({ body })).status).toBe(200)
    expect(vendor.requests[0]?.body.equals(body)).toBe(true)
  })

  test('an upload of 20 MB passes byte for byte', async () => {
    const body = Buffer.alloc(20_000_000, 'ab\r\n--')
    const headers = { 'content-type': 'multipart/form-data; boundary=x' }
    expect((await call({ body, headers, path: '/ai/vendor/v1/audio/transcriptions' })).status).toBe(200)
    expect(vendor.requests[0]?.body.equals(body)).toBe(true)
    expect(vendor.requests[0]?.headers['content-type']).toBe(headers['content-type'])
  })

  test('a form of unknown length passes too', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=x', 'transfer-encoding': 'chunked' }
    const begun = beginCall(gateway.url, { ...chat({ headers, path: '/ai/vendor/v1/audio/transcriptions' }), body: undefined })
    for (let index = 0; index < 30; index += 1) begun.write(Buffer.alloc(100_000, index))
    begun.end()
    expect((await readAnswer(await headOf(begun))).status).toBe(200)
    expect(vendor.requests[0]?.body.length).toBe(3_000_000)
  })

  test('a body above the limit is refused in the shape of the SDK, stated or not', async () => {
    const body = Buffer.alloc(33_554_433, 32)
    const stated = await call({ body })
    expect([stated.status, errorOf(stated.body).code]).toEqual([413, 'request_too_large'])
    expect(vendor.requests).toEqual([])
  })
})
