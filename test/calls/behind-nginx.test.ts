import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseConfig } from '../../src/config.ts'
import { createLogger } from '../../src/logger.ts'
import { type Gateway, startGateway } from '../../src/start.ts'
import { callToken } from '../support/call-token.ts'
import { chatAnswer, chunkOf, openStream, useCallVendor } from '../support/call-vendor.ts'
import { codeBlock } from '../support/documents.ts'
import { hasNginx, type Nginx, startNginx } from '../support/nginx.ts'
import { freePort } from '../support/postgres.ts'
import { writerOf } from '../support/providers.ts'
import { beginCall, headOf, rawCall, readAnswer } from '../support/raw-call.ts'
import { useGateway } from '../support/use.ts'

describe.skipIf(!hasNginx)('two replicas behind nginx with the configuration of docs/scaling.md', () => {
  const environment = { OUTBOUND_ALLOW: 'loopback', TRUSTED_PROXIES: '127.0.0.1' }
  const vendor = useCallVendor()
  const gateway = useGateway({ environment })
  let replica: Gateway | undefined
  let nginx: Nginx | undefined
  let url: string
  let headers: Record<string, string>

  beforeAll(async () => {
    const apiKeys = [{ credential: { value: 'sk-nginx-fixture-aaaa-bbbb' } }]
    await writerOf(gateway).created({ name: 'streams', type: 'OPENAI', baseUrl: `${vendor.origin}/v1`, apiKeys })
    headers = { authorization: `Bearer ${await callToken(gateway)}`, 'content-type': 'application/json' }
    const shared = { PORT: '0', ...gateway.shared, ...environment, ADMIN_TOKEN: gateway.adminToken, LOG_LEVEL: 'silent' }
    replica = await startGateway(parseConfig(shared), createLogger('silent'))
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    const servers = codeBlock('docs/scaling.md', 'nginx replicas')
      .replace('10.0.0.1:4000', new URL(gateway.url).host)
      .replace('10.0.0.2:4000', new URL(replica.url).host)
      .replace('443 ssl', `127.0.0.1:${port}`)
      .replace(/^ *ssl_certificate.*\n/gm, '')
    nginx = await startNginx(servers, port)
  })
  afterAll(async () => {
    await nginx?.stop()
    await replica?.close()
  })

  const chat = (content = 'Hello') => ({
    path: '/ai/streams/v1/chat/completions',
    headers,
    body: JSON.stringify({ model: 'gpt-5', stream: true, messages: [{ role: 'user', content }] }),
  })

  test('stream each part of an answer before the vendor sends the next', async () => {
    let sendRest: (() => void) | undefined
    vendor.answerWith((_request, response) => {
      openStream(response)
      response.write(chunkOf('first'))
      sendRest = () => void response.end(chunkOf('last'))
    })
    const head = await headOf(beginCall(url, chat()))
    const [first] = await once(head, 'data')
    expect(String(first)).toBe(chunkOf('first'))
    const rest = readAnswer(head)
    sendRest?.()
    expect(await rest).toMatchObject({ complete: true, body: Buffer.from(chunkOf('last')) })
  })

  test('pass a body of 20 MB', async () => {
    const call = chat('a'.repeat(20_000_000))
    expect((await rawCall(url, call)).status).toBe(200)
    expect(vendor.requests.at(-1)?.body.equals(Buffer.from(call.body))).toBe(true)
  })

  test('answer every call while one of them is away', async () => {
    vendor.answerWith(chatAnswer)
    await replica?.close()
    replica = undefined
    const statuses = []
    for (let index = 0; index < 6; index += 1) statuses.push((await rawCall(url, chat())).status)
    expect(statuses).toEqual(Array.from({ length: 6 }, () => 200))
  })
})
