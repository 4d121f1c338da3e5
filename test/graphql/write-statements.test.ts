import { describe, expect, test } from 'vitest'
import { bifrostClient, custom, SIZES } from '../support/bifrost-client.ts'
import { startOpenAiUpstream } from '../support/openai-upstream.ts'
import { uniqueName, writerOf } from '../support/providers.ts'
import { recordStatements } from '../support/statements.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

const NUMBERS_OF_KEYS = [1, 5, 50]
const valuesOf = (count: number) => Array.from({ length: count }, (_, index) => `sk-write-statements-${count}-${index + 1_000}`)

const statements = recordStatements(/pg_backend_pid|set_config|INTO last_uses|usage_(sums|names)|model_calls/)
const answers = Object.fromEntries(NUMBERS_OF_KEYS.flatMap(valuesOf).map((value) => [value, ['one', 'two']]))
const upstream = useStarted(() => startOpenAiUpstream(answers))
const elsewhere = useStarted(() => startOpenAiUpstream(answers))
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
const admin = writerOf(gateway)

interface Counts {
  readonly statements: number
  /** How often the revision was raised. */
  readonly raised: number
  /** The beginning of each. */
  readonly text: string
}

const MARKS_TRANSACTION = /^\s*(BEGIN|COMMIT)/
const RAISES = /^(UPDATE revisions|WITH raised)/
const READS_REVISION = /^\s*SELECT[^(]*FROM \S*revisions/

/**
 * Counts every statement of a request that reaches the database, from the one that looks up its token to those that read its
 * answer. What marks a transaction (BEGIN, COMMIT) is not counted, and neither is the revision: whoever answers from memory
 * or follows changes reads it by a clock of its own, and each transaction that writes raises it, which is counted by itself.
 * Counted like this the PUT took 29 statements and the new name 7, before all was read and written once.
 */
async function countsOf(work: () => Promise<unknown>): Promise<Counts> {
  const before = statements.length
  await work()
  const taken = statements.slice(before)
  const left = taken.filter((sql) => !MARKS_TRANSACTION.test(sql) && !READS_REVISION.test(sql))
  const raised = left.filter((sql) => RAISES.test(sql)).length
  const text = left.map((sql) => sql.replace(/\s+/g, ' ').slice(0, 100)).join('\n')
  return { statements: left.length - raised, raised, text }
}

/** A token that was looked up a moment ago may be known still: then it is one less. */
function expectAtMost(bound: number, raised: number, counts: Counts): void {
  expect(counts.raised).toBe(raised)
  expect(counts.statements, counts.text).toBeLessThanOrEqual(bound)
  expect(counts.statements).toBeGreaterThan(bound / 2)
}

const CREATE = `mutation ($input: CreateProviderInput!) { createProvider(input: $input) {
  ... on CreateProviderPayload { provider { id name version } } } }`
const RENAME = `mutation ($input: UpdateProviderInput!) { updateProvider(input: $input) {
  ... on UpdateProviderPayload { provider { displayName version } } } }`

describe.each(NUMBERS_OF_KEYS)('whatever the number of keys, as with %i', (count) => {
  const apiKeys = valuesOf(count).map((value) => ({ credential: { value } }))

  test('a provider is created by at most 6 statements', async () => {
    const input = () => ({ name: uniqueName(), type: 'OPENAI', baseUrl: 'https://api.example.com/v1', apiKeys })
    expectAtMost(6, 1, await countsOf(() => gateway.ask(CREATE, { input: input() })))
  })

  test('it gets another name for people to read by at most 5', async () => {
    const { id } = await admin.created({ apiKeys })
    const rename = () => gateway.ask(RENAME, { input: { provider: { id }, displayName: uniqueName('Name') } })
    expectAtMost(5, 1, await countsOf(rename))
  })

  test("Bifrost's PUT takes at most 14 with its test", async () => {
    const { name, put } = await bifrostProvider()
    // The first test finds models that are not stored yet.
    expectAtMost(14, 2, await put(custom(upstream.origin)))
    for (const buffer_size of [200, 300]) {
      const sizes = { concurrency_and_buffer_size: { ...SIZES, buffer_size } }
      expectAtMost(14, 2, await put({ ...custom(upstream.origin), ...sizes }))
    }
    expect(await testedKeys(name)).toBe(count)
  })

  test('it takes at most 18 when it sends the keys elsewhere', async () => {
    const { name, put } = await bifrostProvider()
    // Its models are stored by the test of this one.
    await put(custom(upstream.origin))
    const headers = { network_config: { base_url: elsewhere.origin, extra_headers: { 'x-api-key': `header-of-a-test-${count}` } } }
    for (const fields of [custom(elsewhere.origin), { ...custom(''), ...headers }]) expectAtMost(18, 2, await put(fields))
    expect(await testedKeys(name)).toBe(count)
  })

  async function bifrostProvider(): Promise<{ name: string; put: (fields: Readonly<Record<string, unknown>>) => Promise<Counts> }> {
    const bifrost = bifrostClient(gateway)
    const { name } = await bifrost.created(custom(upstream.origin))
    await admin.updated(await idOf(name), { apiKeys: apiKeys.map((add) => ({ add })) })
    return { name, put: (fields) => countsOf(() => bifrost.replaced(name, fields)) }
  }
})

async function testedKeys(name: string): Promise<number> {
  const { provider } = await gateway.ask<{ provider: { apiKeys: { nodes: { lastConnectionTest: object | null }[] } } }>(
    'query ($name: String!) { provider(by: { name: $name }) { apiKeys(first: 100) { nodes { lastConnectionTest { status } } } } }',
    { name },
  )
  return provider.apiKeys.nodes.filter((key) => key.lastConnectionTest !== null).length
}

async function idOf(name: string): Promise<string> {
  const { provider } = await gateway.ask<{ provider: { id: string } }>('query ($name: String!) { provider(by: { name: $name }) { id } }', {
    name,
  })
  return provider.id
}

test('what calls have found out about a key is forgotten with its provider locked first, as every write of its parts is', async () => {
  const { apiKeys } = await admin.created({ apiKeys: [{ credential: { value: 'sk-write-statements-reset' } }] })
  const before = statements.length
  const document = 'mutation ($id: ID!) { result: resetKeyAvailability(input: { id: $id }) { __typename } }'
  expect(await gateway.ask(document, { id: apiKeys.nodes[0]?.id })).toMatchObject({ result: { __typename: 'ResetKeyAvailabilityPayload' } })
  const written = statements.slice(before).flatMap((sql) => /^\s*UPDATE\s+\S*?\b(providers|api_keys)\b/.exec(sql)?.[1] ?? [])
  expect(written).toEqual(['providers', 'api_keys'])
})
