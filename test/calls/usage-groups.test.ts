import { describe, expect, test } from 'vitest'
import { openActivity } from '../../src/activity/activity.ts'
import { openDatabase } from '../../src/database/client.ts'
import { writerOf } from '../support/providers.ts'
import { useGateway } from '../support/use.ts'

const DAY = Date.UTC(2026, 2, 4) / 3_600_000
const RANGE = 'from: "2026-03-01T00:00:00Z", until: "2026-03-10T00:00:00Z"'
const MOST_GROUPS = 1_000
const MOST_GROUPS_OF_LIST = 10_000

const gateway = useGateway({ clock: () => new Date('2026-03-06T12:00:00Z') })

/** Stores a day's sums of so many models, as if each had been called once. */
async function storeModels(providerId: string, from: number, count: number): Promise<void> {
  const database = await openDatabase(gateway.databaseUrl)
  const activity = await openActivity(database, () => {})
  const key = (index: number) => `24, ${DAY}, '${providerId}', 'key', 'model-${from + index}', 'caller', 'OK'`
  const rows = Array.from({ length: count }, (_, index) => `(${key(index)}, 1, 0, 5, 0, 0, 0, 0)`)
  await activity.prisma.$executeRawUnsafe(`INSERT INTO usage_sums (hours, at, provider_id, api_key_id, model, caller_id, outcome, calls,
    missing_usage, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens) VALUES ${rows.join(', ')}`)
  await activity.close()
  await database.close()
}

const problemOf = async (query: string) => (await gateway.graphql(query)).body.errors?.[0]

describe('sums of usage', () => {
  test('are whole or refused, never cut: up to 1,000 groups, and up to 10,000 of all providers of a list', async () => {
    const { uuid } = await writerOf(gateway).created({ name: 'openai', baseUrl: 'https://openai.example/v1' })
    const byModel = `{ usage(${RANGE}, by: MODEL) { group calls } }`
    await storeModels(uuid, 0, MOST_GROUPS)
    expect((await gateway.ask<{ usage: unknown[] }>(byModel)).usage).toHaveLength(MOST_GROUPS)
    await storeModels(uuid, MOST_GROUPS, 1)
    expect(await problemOf(byModel)).toMatchObject({
      message: expect.stringContaining('There are more than 1,000 groups. Ask for a shorter time, or filter.'),
      extensions: { code: 'VALIDATION_FAILED' },
    })
    const filtered = `{ usage(${RANGE}, by: MODEL, filter: { model: "model-7" }) { group calls usage { inputTokens } } }`
    expect((await gateway.ask<{ usage: unknown }>(filtered)).usage).toEqual([{ group: 'model-7', calls: 1, usage: { inputTokens: 5 } }])
    expect((await gateway.ask<{ usage: unknown }>(`{ usage(${RANGE}, by: DAY) { calls } }`)).usage).toEqual([{ calls: MOST_GROUPS + 1 }])

    const ofEach = `{ providers(first: 2) { nodes { usage(${RANGE}, by: MODEL) { calls } } } }`
    const { providers } = await gateway.ask<{ providers: { nodes: { usage: unknown[] }[] } }>(ofEach)
    expect(providers.nodes[0]?.usage).toHaveLength(MOST_GROUPS + 1)
    await storeModels(uuid, MOST_GROUPS + 1, MOST_GROUPS_OF_LIST - MOST_GROUPS)
    expect(await problemOf(ofEach)).toMatchObject({
      message: expect.stringContaining('There are more than 10,000 groups.'),
      extensions: { code: 'VALIDATION_FAILED' },
    })
  })

  test('are the same however few of them are asked for, and in whatever way', async () => {
    const { uuid } = await writerOf(gateway).created({ name: 'apart', baseUrl: 'https://apart.example/v1' })
    const filter = 'filter: { model: "apart" }'
    const database = await openDatabase(gateway.databaseUrl)
    const activity = await openActivity(database, () => {})
    await activity.prisma.$executeRawUnsafe(`INSERT INTO usage_sums (hours, at, provider_id, api_key_id, model, caller_id, outcome, calls,
      missing_usage, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, first_byte_4)
      VALUES (24, ${DAY}, '${uuid}', 'key', 'apart', 'caller', 'RATE_LIMITED', 9, 1, 2, 3, 4, 5, 6, 8)`)
    await activity.close()
    await database.close()
    const fields = [
      ...['calls', 'failed', 'missingUsage', 'medianTimeToFirstByteMs', 'timeToFirstByteMs(percentile: 99)'],
      ...['inputTokens', 'cachedInputTokens', 'cacheWriteTokens', 'outputTokens', 'reasoningTokens'].map((name) => `usage { ${name} }`),
    ]
    const expected = {
      ...{ calls: 9, failed: 9, missingUsage: 1, medianTimeToFirstByteMs: 63, timeToFirstByteMs: 75 },
      usage: { inputTokens: 2, cachedInputTokens: 3, cacheWriteTokens: 4, outputTokens: 5, reasoningTokens: 6 },
    }
    const ask = async (selection: string, fragment = '') =>
      (await gateway.ask<{ usage: unknown[] }>(`{ usage(${RANGE}, by: DAY, ${filter}) { ${selection} } } ${fragment}`)).usage[0]
    expect(await ask(fields.join(' '))).toEqual(expected)
    for (const field of fields) expect(expected).toMatchObject(Object(await ask(field)))
    const fragments =
      'fragment Sums on UsageSum { usage { ...Tokens } median: medianTimeToFirstByteMs } fragment Tokens on TokenUsage { outputTokens }'
    expect(await ask('... on UsageSum { ...Sums }', fragments)).toEqual({ usage: { outputTokens: 5 }, median: 63 })
    const { provider } = await gateway.ask<{ provider: unknown }>(`{ provider(by: { name: "apart" }) {
      few: usage(${RANGE}, by: DAY) { usage { inputTokens } } more: usage(${RANGE}, by: DAY) { medianTimeToFirstByteMs usage { outputTokens } } } }`)
    expect(provider).toEqual({ few: [{ usage: { inputTokens: 2 } }], more: [{ medianTimeToFirstByteMs: 63, usage: { outputTokens: 5 } }] })
  })

  test('of a provider are those that the filter means, too: of none that another provider has', async () => {
    const writer = writerOf(gateway)
    const { uuid } = await writer.created({ name: 'asked', baseUrl: 'https://asked.example/v1' })
    await writer.created({ name: 'other', baseUrl: 'https://other.example/v1' })
    await storeModels(uuid, 20_000, 1)
    const calls = async (name: string) => {
      const filter = `filter: { model: "model-20000", provider: { name: "${name}" } }`
      const query = `{ provider(by: { name: "asked" }) { usage(${RANGE}, by: MODEL, ${filter}) { calls } } }`
      return (await gateway.ask<{ provider: { usage: unknown } }>(query)).provider.usage
    }
    expect(await calls('asked')).toEqual([{ calls: 1 }])
    for (const name of ['other', 'nobody']) expect(await calls(name)).toEqual([])
  })
})
