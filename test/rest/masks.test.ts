import { describe, expect, it } from 'vitest'
import { keyOf, startOpenAiUpstream } from '../support/openai-upstream.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

/** Whatever stands for a key on a screen is not the key: sent back in any of the five languages, it leaves the stored one alone. */

const KEY = 'sk-stored-0123456789-key'
/** Our own masks of keys of each length, Bifrost's, those of its constants, and what people and other tools make up. */
const MASKS = [
  'sk-s...-key',
  'sk...ey',
  's...y',
  '...',
  'sk-s…-key',
  '…',
  `sk-s${'*'.repeat(24)}-key`,
  `xx-9${'*'.repeat(24)}zzzz`,
  '***',
  '********',
  'sk-s****-key',
  '••••••••',
  'sk-s••••-key',
  '<REDACTED>',
  '<redacted>',
  '[REDACTED]',
  '[redacted]',
  'env:OPENAI_API_KEY',
]
const upstream = useStarted(() => startOpenAiUpstream({ [KEY]: ['gpt-a'] }))
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })

async function send(method: string, path: string, body?: unknown): Promise<{ status: number; text: string }> {
  const response = await gateway.fetch(path, {
    method,
    headers: { authorization: `Bearer ${gateway.adminToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, text: await response.text() }
}

const UPDATE = 'mutation ($input: UpdateProviderInput!) { result: updateProvider(input: $input) { __typename } }'
const UPSERT = 'mutation ($input: UpsertProviderInput!) { result: upsertProvider(input: $input) { __typename } }'
const keyIds = async (name: string): Promise<readonly { id: string; uuid: string }[]> => {
  const query = 'query ($name: String!) { provider(by: { name: $name }) { apiKeys { nodes { id uuid } } } }'
  return (await gateway.ask<{ provider: { apiKeys: { nodes: { id: string; uuid: string }[] } } }>(query, { name })).provider.apiKeys.nodes
}

/** The ways to give a stored provider a key, in each language. Each returns whether the request was refused. */
const WAYS: Readonly<Record<string, (name: string, value: string) => Promise<boolean>>> = {
  'GraphQL, in place of a key': async (name, value) => {
    const [key] = await keyIds(name)
    return refusedByGraphQL(UPDATE, { provider: { name }, apiKeys: [{ keep: { id: key?.id, credential: { value } } }] })
  },
  'GraphQL, as a new key': (name, value) => refusedByGraphQL(UPDATE, { provider: { name }, apiKeys: [{ add: { credential: { value } } }] }),
  'GraphQL, in an upsert': (name, value) => refusedByGraphQL(UPSERT, { name, apiKeys: [{ credential: { value } }] }),
  Coder: async (name, value) => isRefusal(await send('PATCH', `/api/v2/ai/providers/${name}`, { api_keys: [{ api_key: value }] })),
  'Bifrost, in place of a key': async (name, value) => {
    const [key] = await keyIds(name)
    return isRefusal(await send('PUT', `/bifrost/api/providers/${name}/keys/${key?.uuid}`, { value, models: ['*'] }))
  },
  'Bifrost, as a new key': async (name, value) => isRefusal(await send('POST', `/bifrost/api/providers/${name}/keys`, { value })),
  'Respan, POST': async (name, value) =>
    isRefusal(await send('POST', '/respan/api/providers/', { provider_id: name, provider_name: name, api_key: value })),
  'Respan, PATCH': async (name, value) => isRefusal(await send('PATCH', `/respan/api/providers/${name}/`, { api_key: value })),
  'Respan, PUT': async (name, value) =>
    isRefusal(
      await send('PUT', `/respan/api/providers/${name}/`, {
        provider_name: name,
        api_key: value,
        extra_kwargs: { base_url: `${upstream.origin}/v1` },
      }),
    ),
  'Respan, within the extra settings': async (name, value) =>
    isRefusal(
      await send('PATCH', `/respan/api/providers/${name}/`, { extra_kwargs: { base_url: `${upstream.origin}/v1`, api_key: value } }),
    ),
  'ZIRI, POST': async (name, value) => isRefusal(await send('POST', '/ziri/api/providers', { name, apiKey: value })),
  'ZIRI, PUT': async (name, value) => isRefusal(await send('PUT', `/ziri/api/providers/${name}`, { apiKey: value })),
}

function isRefusal({ status, text }: { status: number; text: string }): boolean {
  expect([200, 201, 400], text).toContain(status)
  return status === 400
}

async function refusedByGraphQL(query: string, input: unknown): Promise<boolean> {
  const { result } = await gateway.ask<{ result: { __typename: string } }>(query, { input })
  return result.__typename === 'ValidationError'
}

async function stored(name: string): Promise<void> {
  const input = { name, type: 'OPENAI_COMPAT', baseUrl: `${upstream.origin}/v1`, apiKeys: [{ credential: { value: KEY } }] }
  await gateway.ask('mutation ($input: CreateProviderInput!) { createProvider(input: $input) { __typename } }', { input })
}

describe('a mask that is sent back never overwrites a key', () => {
  it.each(Object.keys(WAYS))('by %s', async (way) => {
    const name = `masks-${Object.keys(WAYS).indexOf(way)}`
    await stored(name)
    for (const mask of MASKS) {
      const isKept = way === 'Bifrost, in place of a key' && /^(?:\*+|.{4}\*{24}.{4}|[<[]redacted[>\]])$/i.test(mask)
      expect(await WAYS[way]?.(name, mask), mask).toBe(!isKept)
    }
    const before = upstream.requests.length
    const input = { saved: { provider: { name } } }
    const test =
      'mutation ($input: TestConnectionInput!) { result: testConnection(input: $input) { ... on TestConnectionPayload { success } } }'
    expect(await gateway.ask(test, { input })).toEqual({ result: { success: true } })
    expect(upstream.requests.slice(before).map(keyOf)).toContain(KEY)
    expect(upstream.requests.map(keyOf).filter((key) => MASKS.includes(key))).toEqual([])
  })
})
