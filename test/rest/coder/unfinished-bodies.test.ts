import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CoderClient, coderClient, newProvider, PROVIDERS } from '../../support/coder-client.ts'
import { startTestGateway, type TestGateway } from '../../support/gateway.ts'

let gateway: TestGateway
let client: CoderClient
beforeAll(async () => {
  gateway = await startTestGateway()
  client = coderClient(gateway)
})
afterAll(() => gateway.close())

describe('bodies that do not end', () => {
  /** Sends the head of a request and a part of its body, and waits for what comes back. */
  function sendPart(part: string, then: 'close' | 'wait'): Promise<string> {
    const { hostname, port } = new URL(gateway.url)
    return new Promise((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(
          `POST ${PROVIDERS} HTTP/1.1\r\nhost: x\r\ncoder-session-token: ${gateway.adminToken}\r\ncontent-length: 1000\r\n\r\n${part}`,
        )
        if (then === 'close') setTimeout(() => socket.destroy(), 100)
      })
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk.toString()
      })
      socket.on('close', () => resolve(text))
      socket.on('error', () => resolve(text))
    })
  }

  it('forgets a request whose client goes away, and creates nothing', async () => {
    const before = await client.list()
    expect(await sendPart(JSON.stringify(newProvider({ name: 'half-a-request' })), 'close')).toBe('')
    expect(await client.list()).toEqual(before)
  })

  it('ends a request that takes too long', { timeout: 60_000 }, async () => {
    expect(await sendPart('{"name":', 'wait')).toMatch(/^(HTTP\/1\.1 408 (.|\r|\n)*)?$/)
    expect((await client.send('GET', PROVIDERS)).status).toBe(200)
  })
})
