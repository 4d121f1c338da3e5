import { beforeEach, describe, expect, test } from 'vitest'
import { readUrl } from '../../../src/read-url.ts'
import { startDeadline } from '../../../src/upstream/client/deadline.ts'
import { DestinationFault } from '../../../src/upstream/client/destination.ts'
import { DEFAULT_NETWORK } from '../../../src/upstream/client/network-settings.ts'
import { performRequest } from '../../../src/upstream/client/perform-request.ts'
import { knownTarget } from '../../../src/upstream/client/target.ts'
import { probeConnection } from '../../../src/upstream/test/probe-connection.ts'
import type { Credential } from '../../../src/upstream/vendors/credential.ts'
import { PROVIDER_TYPES, type ProviderType } from '../../../src/upstream/vendors/provider-type.ts'
import { oddPaths } from '../../support/upstream/odd-base-urls.ts'
import { apiKey, outboundDeps, probeRequest, revealable } from '../../support/upstream/probing.ts'
import { startRecorder } from '../../support/upstream/recorder.ts'
import { watchConnect } from '../../support/upstream/watch-connect.ts'
import { useStarted } from '../../support/use-started.ts'

const KEY = 'sk-proj-4f9a2c71d0e83b56'
const LIST = { object: 'list', data: [{ id: 'model-a' }] }
const PAIR: Credential = {
  kind: 'aws',
  keyPair: { accessKey: revealable('AKIAIOSFODNN7EXAMPLE'), accessKeySecret: revealable(KEY) },
  apiKey: null,
  region: 'eu-west-1',
  roleArn: null,
  externalId: null,
}
const good = useStarted(() =>
  startRecorder(({ method }) => (method === 'GET' ? { status: 200, body: LIST } : { status: 404, body: { error: { message: 'no' } } })),
)
const evil = useStarted(() => startRecorder(() => ({ status: 200, body: LIST })))
beforeEach(() => {
  good.requests.length = 0
})

const corpus = () => oddPaths(`127.0.0.1:${evil.port}`)

test('the corpus has at least 150 base URLs', () => {
  expect(new Set(corpus()).size).toBeGreaterThanOrEqual(150)
})

describe.each(PROVIDER_TYPES)('%s', (type) => {
  test('sends nothing to another host, and nothing outside the path of the base URL, however that is written', async () => {
    for (const path of corpus()) {
      good.requests.length = 0
      const baseUrl = good.origin + path
      const outcome = await probeConnection(
        probeRequest({ type, baseUrl, credential: type === 'BEDROCK' ? PAIR : apiKey(KEY) }),
        outboundDeps({ resolve: async () => ['127.0.0.1'] }),
      )
      expect(outcome.message).not.toContain(KEY)
      const stays = good.requests.map((request) => request.path.startsWith(keptPath(type, path)))
      expect({ baseUrl, stays, evil: evil.requests.length }).toEqual({ baseUrl, stays: stays.map(() => true), evil: 0 })
      // What a URL parser would repair is not sent at all.
      if (!isPlain(good.origin, path)) {
        expect({ baseUrl, sent: good.requests.length, status: outcome.status }).toEqual({
          baseUrl,
          sent: 0,
          status: type === 'COPILOT' || path.startsWith('.') ? outcome.status : 'BLOCKED_ADDRESS',
        })
      }
    }
  })

  test('lists models below the base URL alone, whatever the stored path says', async () => {
    const stored = [
      ...[
        '../../tenant-b/v1/models',
        '/../tenant-b/models',
        '/%2e%2e/models',
        '/%252e%252e/models',
        '/..;/models',
        '/a/../../b',
        '//evil.example/models',
      ],
      ...[
        `http://127.0.0.1:${evil.port}/models`,
        `//127.0.0.1:${evil.port}/models`,
        '\\\\evil.example\\models',
        '/a\\..\\b',
        '/a#b',
        '/a\r\nb',
        '/ü',
      ],
      ...[
        `${good.origin}/tenant-b/models`,
        `${good.origin}/tenant-a/../tenant-b`,
        `${good.origin}@127.0.0.1:${evil.port}/x`,
        '/x://y',
        '/a//b',
      ],
      ...['/models?x=1', 'my/list', '/my/list', `${good.origin}/tenant-a/v1/my/list`],
    ]
    for (const modelsPath of stored) {
      const baseUrl = `${good.origin}/tenant-a/v1`
      const credential = type === 'BEDROCK' ? PAIR : apiKey(KEY)
      await probeConnection(probeRequest({ type, baseUrl, modelsPath, credential }), outboundDeps())
      const outside = good.requests.filter(({ path }) => !path.startsWith('/tenant-a/v1/') && !path.startsWith('/tenant-a/v1?'))
      const azures = outside.filter(({ path }) => !path.startsWith('/tenant-a/v1/openai/'))
      expect({ modelsPath, outside: azures.map(({ path }) => path), evil: evil.requests.length }).toEqual({
        modelsPath,
        outside: [],
        evil: 0,
      })
      expect(good.requests.some(({ path }) => /tenant-b|%2e|\.\./i.test(path))).toBe(false)
    }
  })
})

/** Whether a URL parser leaves the text as it is. */
function isPlain(origin: string, path: string): boolean {
  const text = origin + path
  const url = readUrl(text)
  if (url === null) return false
  const { href, hash, username } = url
  const written = path === '' || path.startsWith('?') ? `${origin}/${path}` : text
  return hash === '' && username === '' && !text.includes('#') && href === written
}

/** The part of a base URL's path that every request has in front. */
function keptPath(type: ProviderType, path: string): string {
  const [plain = ''] = path.split('?')
  const trimmed = plain.replace(/\/$/, '').replace(/\/(?:chat\/completions|models)$/, '')
  return type === 'AZURE' ? trimmed.replace(/\/openai(?:\/.*)?$/, '').replace(/\/$/, '') : trimmed
}

describe('the one assertion of the client', () => {
  const context = () => ({
    origin: good.origin,
    vendorOrigins: ['https://sts.eu-west-1.amazonaws.com'],
    network: DEFAULT_NETWORK,
    deps: outboundDeps(),
    deadline: startDeadline(2_000, new AbortController().signal),
  })

  test('a request for an origin that is not the destination is a fault, and nothing is dialled', async () => {
    const watch = watchConnect()
    for (const url of [evil.origin, 'http://127.0.0.2:1', good.origin.replace('http:', 'https:'), 'https://sts.us-east-1.amazonaws.com/']) {
      const request = { method: 'GET', target: knownTarget(url), headers: { authorization: `Bearer ${KEY}` } } as const
      const fault: unknown = await performRequest(request, context()).catch((error: unknown) => error)
      expect(fault).toBeInstanceOf(DestinationFault)
      expect(String(fault)).not.toContain(KEY)
    }
    expect(watch.attempts).toEqual([])
    watch.stop()
  })

  test('a request for the destination is sent', async () => {
    const request = { method: 'GET', target: knownTarget(`${good.origin}//x//y/?a=b`), headers: {} } as const
    expect(await performRequest(request, context())).toMatchObject({ kind: 'response', httpStatus: 200 })
    expect(good.requests.map(({ path }) => path)).toEqual(['//x//y/?a=b'])
  })
})
