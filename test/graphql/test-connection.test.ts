import { describe, expect, test } from 'vitest'
import { startOpenAiUpstream } from '../support/openai-upstream.ts'
import { readProvider, writerOf } from '../support/providers.ts'
import { withStore } from '../support/store.ts'
import { startRecorder } from '../support/upstream/recorder.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

const GOOD = 'sk-good-0123456789'
const OTHER = 'sk-other-0123456789'
const BAD = 'sk-bad-0123456789'
const LIMITED = 'sk-limited-0123456789'
const FORBIDDEN = 'sk-forbidden-0123456789'

const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback', SECRET_ENV_ALLOW: 'GATEWAY_TEST_UNSET' } })
const upstream = useStarted(() =>
  startOpenAiUpstream({
    [GOOD]: ['model-a', 'model-b', 'model-c'],
    [OTHER]: ['model-c', 'model-d'],
    [LIMITED]: 429,
    [FORBIDDEN]: 403,
  }),
)
const admin = writerOf(gateway)

const key = (value: string, enabled = true) => ({ credential: { value }, enabled })
const provider = (apiKeys: readonly object[]) => admin.created({ baseUrl: `${upstream.origin}/v1`, apiKeys })

describe('a test of all keys', () => {
  test.each([
    ['all good', [key(GOOD), key(OTHER)], ['OK', 'OK'], 'OK'],
    ['a refused one among good ones', [key(GOOD), key(BAD), key(OTHER)], ['OK', 'UNAUTHORIZED', 'OK'], 'UNAUTHORIZED'],
    ['a limited and a forbidden one', [key(LIMITED), key(GOOD), key(FORBIDDEN)], ['RATE_LIMITED', 'OK', 'FORBIDDEN'], 'FORBIDDEN'],
    ['a refused one that is disabled', [key(GOOD), key(BAD, false)], ['OK'], 'OK'],
    [
      'one that is not in the environment',
      [key(GOOD), { credential: { environmentVariable: 'GATEWAY_TEST_UNSET' } }],
      ['OK', 'NOT_TESTABLE'],
      'NOT_TESTABLE',
    ],
    ['only disabled ones', [key(GOOD, false), key(BAD, false)], ['NOT_TESTABLE'], 'NOT_TESTABLE'],
  ])('with %s', async (_what, apiKeys, statuses, worst) => {
    const { id } = await provider(apiKeys)
    const result = await admin.test(id)
    expect(result.tests?.map(({ status }) => status)).toEqual(statuses)
    expect(result.success).toBe(worst === 'OK')
    expect((await readProvider(gateway, id))?.lastConnectionTest?.status).toBe(worst)
  })

  test('keeps the latest one of each key, and none of a disabled one', async () => {
    const { id } = await provider([key(BAD), key(GOOD), key(OTHER, false)])
    await admin.test(id)
    const keys = (await readProvider(gateway, id))?.apiKeys.nodes
    expect(keys?.map(({ lastConnectionTest }) => lastConnectionTest?.status)).toEqual(['UNAUTHORIZED', 'OK', undefined])
  })

  test('of a provider without keys says that one is needed', async () => {
    const { id } = await provider([])
    expect(await admin.test(id)).toMatchObject({ success: false, tests: [{ keyVerified: false, apiKey: null }] })
  })

  test('tries a named key even when it is disabled, and only that', async () => {
    const { id, apiKeys } = await provider([key(GOOD), key(BAD, false)])
    const result = await admin.test(id, { apiKeyId: apiKeys.nodes[1]?.id })
    expect(result.tests).toMatchObject([{ status: 'UNAUTHORIZED', apiKey: { id: apiKeys.nodes[1]?.id } }])
  })

  test('goes side by side, four at a time', async () => {
    const silent = await startRecorder(() => null)
    try {
      const apiKeys = Array.from({ length: 6 }, (_, n) => key(`sk-slow-${n}-0123456789`))
      const { id } = await admin.created({ baseUrl: `${silent.origin}/v1`, apiKeys, network: { timeoutMs: 500 } })
      const started = performance.now()
      const result = admin.test(id)
      await expect.poll(() => silent.requests.length).toBe(4)
      expect((await result).tests?.map(({ status }) => status)).toEqual(Array(6).fill('TIMED_OUT'))
      expect(silent.requests).toHaveLength(6)
      expect(performance.now() - started).toBeLessThan(6 * 500)
    } finally {
      await silent.close()
    }
  })
})

test('a test of a draft has no provider, whatever is asked of it', async () => {
  const { result } = await gateway.ask<{ result: { success: boolean; provider: null } }>(
    `mutation ($input: TestConnectionInput!) { result: testConnection(input: $input) { ... on TestConnectionPayload {
      success test { models apiKey { id } } provider { apiKeys { nodes { id } } models { totalCount } network { timeoutMs } } } } }`,
    { input: { draft: { type: 'OPENAI', baseUrl: `${upstream.origin}/v1`, apiKey: GOOD } } },
  )
  expect(result).toMatchObject({ success: true, test: { models: ['model-a', 'model-b', 'model-c'], apiKey: null }, provider: null })
})

interface Models {
  readonly totalCount: number
  readonly nodes: readonly { readonly name: string }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean; readonly endCursor: string | null }
}

async function modelsOf(id: string, page = ''): Promise<Models> {
  const { node } = await gateway.ask<{ node: { models: Models } }>(
    `query ($id: ID!) { node(id: $id) { ... on Provider {
      models${page} { totalCount nodes { name } edges { cursor } pageInfo { hasNextPage hasPreviousPage endCursor } } } } }`,
    { id },
  )
  return node.models
}
const names = ({ nodes }: Models) => nodes.map(({ name }) => name)

describe('the models of a provider', () => {
  test('are none before a test, then those that its keys see together', async () => {
    const { id } = await provider([key(GOOD), key(OTHER), key(BAD)])
    expect(await modelsOf(id)).toMatchObject({ totalCount: 0, nodes: [] })
    await admin.test(id)
    expect(names(await modelsOf(id))).toEqual(['model-a', 'model-b', 'model-c', 'model-d'])
  })

  test('come page by page from either end', async () => {
    const { id } = await provider([key(GOOD)])
    await admin.test(id)
    const first = await modelsOf(id, '(first: 2)')
    expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true, hasPreviousPage: false } })
    expect(names(first)).toEqual(['model-a', 'model-b'])
    expect(names(await modelsOf(id, `(first: 2, after: "${first.pageInfo.endCursor}")`))).toEqual(['model-c'])
    expect(names(await modelsOf(id, '(last: 1)'))).toEqual(['model-c'])
  })

  test.each([
    '(first: 0)',
    '(last: -1)',
    '(first: 1, last: 1)',
    '(first: 1, after: "nonsense")',
    '(first: 1, after: "T2Zmc2V0Q29ubmVjdGlvbjotMQ==")',
  ])('refuse the page %s', async (page) => {
    const { id } = await provider([])
    const { body } = await gateway.graphql(
      `query ($id: ID!) { node(id: $id) { ... on Provider { models${page} { totalCount nodes { name } } } } }`,
      { id },
    )
    expect(body.errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT'])
  })

  test('stay after a test that failed, and go with the endpoint that listed them', async () => {
    const { id, apiKeys } = await provider([key(GOOD), key(BAD, false)])
    await admin.test(id)
    await admin.test(id, { apiKeyId: apiKeys.nodes[1]?.id })
    await admin.updated(id, { displayName: 'Another name', network: { timeoutMs: 9_000 } })
    expect((await modelsOf(id)).totalCount).toBe(3)
    await admin.updated(id, { baseUrl: `${upstream.origin}/other/v1` })
    expect((await modelsOf(id)).totalCount).toBe(0)
  })
})

describe('vendors known by name', () => {
  test('are listed with their type', async () => {
    const { providerTypes } = await gateway.ask<{ providerTypes: { type: string; presets: { name: string; defaultBaseUrl: string }[] }[] }>(
      '{ providerTypes { type presets { name displayName defaultBaseUrl } } }',
    )
    const known = new Map(providerTypes.map(({ type, presets }) => [type, presets]))
    expect(known.get('OPENAI')).toEqual([])
    const listed = known.get('OPENAI_COMPAT')?.map(({ name }) => name)
    const asked =
      'groq mistral cohere perplexity xai cerebras nebius fireworks together deepseek ollama vllm sgl huggingface elevenlabs replicate parasail runway'
    expect(listed).toEqual(expect.arrayContaining(asked.split(' ')))
    expect(known.get('OPENAI_COMPAT')).toContainEqual(
      expect.objectContaining({ name: 'groq', defaultBaseUrl: 'https://api.groq.com/openai/v1' }),
    )
  })

  test('are remembered from the name at creation, for the type that has them', async () => {
    const presetOf = ({ uuid }: { uuid: string }) =>
      withStore(gateway, async (store) => (await store.provider.findUniqueOrThrow({ where: { id: uuid } })).vendorPreset)
    expect(await presetOf(await admin.created({ name: 'groq', type: 'OPENAI_COMPAT' }))).toBe('groq')
    expect(await presetOf(await admin.created({ name: 'mistral', type: 'OPENAI' }))).toBeNull()
    expect(await presetOf(await admin.created({ name: 'nobody-we-know', type: 'OPENAI_COMPAT' }))).toBeNull()
  })

  test('decide how a key is tried: the one of elevenlabs goes in a header of its own', async () => {
    const vendor = await startRecorder(() => ({ status: 401, body: {} }))
    try {
      const { id } = await admin.created({
        name: 'elevenlabs',
        type: 'OPENAI_COMPAT',
        baseUrl: vendor.origin,
        apiKeys: [{ credential: { value: GOOD } }],
      })
      expect(await admin.test(id)).toMatchObject({ tests: [{ status: 'UNAUTHORIZED' }] })
      expect(vendor.requests[0]).toMatchObject({ path: '/v1/user', headers: { 'xi-api-key': GOOD } })
    } finally {
      await vendor.close()
    }
  })
})

describe('a test after a write', () => {
  test('is made of an endpoint that needs no key, and of one whose header authenticates', async () => {
    const open = await startRecorder(() => ({ status: 200, body: { models: [{ name: 'llama3' }] } }))
    const keyless = await admin.created({ type: 'OPENAI_COMPAT', baseUrl: open.origin, apiKeys: [], testAfterwards: true })
    expect((await readProvider(gateway, keyless.id))?.lastConnectionTest).toMatchObject({ status: 'OK' })
    const headers = { extraHeaders: [{ name: 'Authorization', value: `Bearer ${GOOD}` }] }
    const withHeader = await admin.created({ baseUrl: `${upstream.origin}/v1`, apiKeys: [], network: headers, testAfterwards: true })
    expect((await readProvider(gateway, withHeader.id))?.lastConnectionTest).toMatchObject({ status: 'OK' })
    await open.close()
  })
})
