import { createServer as createTcpServer } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { probeConnection } from '../../../src/upstream/test/probe-connection.ts'
import { createAuthority } from '../../support/upstream/certificates.ts'
import { apiKey, outboundDeps, probeRequest } from '../../support/upstream/probing.ts'
import { listen } from '../../support/upstream/recorder.ts'
import { GOOD, KEYED_TYPES, LIST, useProbe } from '../../support/upstream/use-probe.ts'

const { probe, requests } = useProbe()

describe('a key that is no key', () => {
  const account = {
    type: 'service_account',
    project_id: 'x',
    private_key_id: 'abc',
    private_key: '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n',
  }
  test.each([
    ['as it comes', JSON.stringify(account, null, 2)],
    ['minified', JSON.stringify(account)],
    ['only its private key', account.private_key],
    ['cut off', JSON.stringify(account).slice(0, 60)],
  ])("a Google service account's file %s is told by its name and never sent", async (_name, text) => {
    for (const type of KEYED_TYPES) {
      const outcome = await probe(() => LIST, { type, credential: apiKey(text) })
      expect(outcome).toMatchObject({ status: 'UNAUTHORIZED', httpStatus: null })
      expect(outcome.message).toContain("Google service account's JSON file")
      expect(outcome.message).not.toContain('MIIE')
      expect(requests()).toEqual([])
    }
  })
})

describe('http:// to a port that speaks TLS', () => {
  test('is told from the handshake, and nothing but it is sent', async () => {
    const authority = await createAuthority()
    const received: string[] = []
    const tls = createTlsServer(await authority.issue(['localhost']), (socket) =>
      socket.on('data', (chunk) => received.push(String(chunk))),
    )
    tls.on('tlsClientError', () => {})
    const { port, close } = await listen(tls)
    const outcome = await probeConnection(
      probeRequest({ type: 'OPENAI', baseUrl: `http://127.0.0.1:${port}/v1`, credential: apiKey(GOOD) }),
      outboundDeps(),
    ).finally(close)
    expect(outcome).toMatchObject({ status: 'UNREACHABLE', keyVerified: false })
    expect(outcome.message).toContain('It speaks TLS: use https://')
    expect(received).toEqual([])
  })

  test.each([
    '<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n</html>',
    'Client sent an HTTP request to an HTTPS server.\n',
    "<p>Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />",
  ])('is told from what a web server says: %j', async (body) => {
    const outcome = await probe(() => ({ status: 400, body }))
    expect(outcome).toMatchObject({ status: 'UNEXPECTED_RESPONSE', httpStatus: 400 })
    expect(outcome.message).toContain('It speaks TLS: use https://')
  })

  test('a port that resets every connection is not said to speak TLS', async () => {
    const { port, close } = await listen(createTcpServer((socket) => socket.destroy()))
    const outcome = await probeConnection(
      probeRequest({ type: 'OPENAI', baseUrl: `http://127.0.0.1:${port}/v1`, credential: apiKey(GOOD) }),
      outboundDeps(),
    ).finally(close)
    expect(outcome).toMatchObject({ status: 'UNREACHABLE' })
    expect(outcome.message).not.toContain('TLS')
  })
})

test('an error in a success is quoted, without the key', async () => {
  const outcome = await probe(() => ({ status: 200, body: { error: { message: `Invalid API key ${GOOD}, see our docs` } } }))
  expect(outcome).toMatchObject({ status: 'UNEXPECTED_RESPONSE', httpStatus: 200, keyVerified: false })
  expect(outcome.message).toContain('The answer said: "Invalid API key [hidden], see our docs"')
})

test('a port that no socket has is told by its range', async () => {
  const outcome = await probe(() => LIST, { baseUrl: 'https://api.example.com:99999/v1' })
  expect(outcome.message).toContain('port between 1 and 65535')
})
