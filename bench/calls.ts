import { join } from 'node:path'
import { type Comparison, compare } from './compare.ts'
import { drive } from './drive.ts'
import type { BenchRequest } from './requests.ts'
import type { Findings, Settings } from './scenarios.ts'
import { ENCRYPTION_KEYS, TOKEN } from './seed.ts'
import { type Side, startCallPeer, startGateway, startPortkey } from './sides.ts'

/** As many callers at a time as the targets were set for. */
const CONNECTIONS = 8
const PROMPT = { model: 'gpt-5', messages: [{ role: 'user', content: 'Say hello.' }] }
const KEY = 'sk-bench-calls-0123456789abcdef'

/** The same call directly, by a relay that does nothing else, by others, and by the gateway with everything on. */
export async function compareCalls(settings: Settings): Promise<Findings> {
  const vendor = await startCallPeer('call-vendor', '')
  const bare = await startCallPeer('bare-dispatch', vendor.url)
  const httpxy = await startCallPeer('httpxy', vendor.url)
  const portkey = await startPortkey()
  // With a log line for each call, and metrics.
  const gateway = await startGateway(`file:${join(settings.folder, 'calls.db')}`, {
    ...{ ENCRYPTION_KEYS, OUTBOUND_ALLOW: 'loopback', LOG_LEVEL: 'info', METRICS_TOKEN: `metrics-${TOKEN}` },
  })
  const started = [vendor, bare, httpxy, portkey, gateway].filter((side) => side !== null)
  try {
    const token = await prepare(gateway, vendor)
    const comparisons: Record<string, Comparison> = {}
    for (const [name, title, stream] of [
      ['calls-json', 'A call with a small JSON answer', false],
      ['calls-sse', 'A call with a stream of 200 chunks', true],
    ] as const) {
      const body = JSON.stringify(stream ? { ...PROMPT, stream } : PROMPT)
      const plain: BenchRequest = { method: 'POST', path: '/v1/chat/completions', body }
      const asked = { ...plain, path: '/ai/bench/v1/chat/completions', headers: { authorization: `Bearer ${token}` } }
      const byPortkey = { ...plain, headers: { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `${vendor.url}/v1` } }
      const round =
        ({ url, pid }: Side, request: BenchRequest) =>
        () =>
          drive(url, [pid], request, { seconds: settings.seconds, connections: CONNECTIONS })
      const sides = {
        gateway: round(gateway, asked),
        'the vendor, directly': round(vendor, plain),
        'bare Pool.dispatch': round(bare, plain),
        httpxy: round(httpxy, plain),
        // It answers this stream with an error.
        ...(portkey === null || stream ? {} : { 'Portkey gateway': round(portkey, byPortkey) }),
      }
      comparisons[name] = await compare(`${title}, ${CONNECTIONS} connections`, sides, settings.rounds)
    }
    return { comparisons }
  } finally {
    await Promise.all(started.map((side) => side.stop()))
  }
}

/** Stores the vendor as a provider, and makes a token that may call it. */
export async function prepare({ url }: Side, vendor: Side): Promise<string> {
  const ask = async (query: string, input: unknown) => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables: { input } }) })
    return response.text()
  }
  const created = await ask('mutation ($input: CreateProviderInput!) { createProvider(input: $input) { __typename } }', {
    ...{ name: 'bench', type: 'OPENAI', baseUrl: `${vendor.url}/v1`, apiKeys: [{ value: KEY }] },
    network: { allowPrivateNetwork: true },
  })
  const made = await ask(
    'mutation ($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { ... on CreateAccessTokenPayload { value } } }',
    { name: 'bench', role: 'CALLER', calls: {} },
  )
  const [token] = /gw_[\w-]+/.exec(made) ?? []
  if (token === undefined || !created.includes('CreateProviderPayload')) throw new Error(`The provider was not made: ${created} ${made}`)
  return token
}
