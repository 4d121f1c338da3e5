import { describe, expect, test } from 'vitest'
import { startOpenAiUpstream } from '../support/openai-upstream.ts'
import { writerOf } from '../support/providers.ts'
import { withStore } from '../support/store.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

const MANY = 'sk-lists-a-thousand-0001'
const FEW = 'sk-lists-a-few-000001'
const BAD = 'sk-lists-nothing-00001'
/** Keys that see a model of their own. */
const OWN = Array.from({ length: 12 }, (_, index) => `sk-own-list-${String(index).padStart(8, '0')}`)
const LONG_NAMES = Array.from({ length: 1_000 }, (_, index) => String(index).padStart(200, 'n'))
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
const admin = writerOf(gateway)
const ownModels = Object.fromEntries(OWN.map((key, index) => [key, ['shared', `own-${index}`]]))
const upstream = useStarted(() => startOpenAiUpstream({ [MANY]: LONG_NAMES, [FEW]: ['one', 'two'], ...ownModels }))

async function providerWith(...values: readonly string[]): Promise<string> {
  const { id } = await admin.created({ baseUrl: `${upstream.origin}/v1`, apiKeys: values.map((value) => ({ credential: { value } })) })
  return id
}

interface Shown {
  readonly models: { readonly totalCount: number }
  readonly connectionTests: { readonly nodes: readonly { readonly modelCount: number; readonly models: readonly string[] }[] }
}

async function shown(id: string, tests = 2): Promise<Shown> {
  const { node } = await gateway.ask<{ node: Shown }>(
    `query ($id: ID!, $tests: Int) { node(id: $id) { ... on Provider { models(first: 1) { totalCount }
      connectionTests(first: $tests) { nodes { modelCount models(first: 100) } } } } }`,
    { id, tests },
  )
  return node
}

const storedLists = () => withStore(gateway, (store) => store.modelList.count())

describe('the names of models', () => {
  test('are stored once, however often a provider is tested', async () => {
    const before = await storedLists()
    const id = await providerWith(MANY)
    for (let run = 0; run < 5; run += 1) await admin.test(id)
    expect((await storedLists()) - before).toBe(1)
    const { models, connectionTests } = await shown(id, 5)
    expect(models.totalCount).toBe(1_000)
    expect(connectionTests.nodes.map(({ modelCount }) => modelCount)).toEqual(Array(5).fill(1_000))
  })

  test('count as nodes: what would be hundreds of megabytes is refused before it is read', async () => {
    const id = await providerWith(MANY)
    await admin.test(id)
    const aliases = Array.from({ length: 19 }, (_, index) => `a${index}: connectionTests(first: 100) { nodes { models } }`)
    for (const fields of [
      aliases.join(' '),
      'connectionTests(first: 100) { nodes { models } }',
      'connectionTests(first: 3) { nodes { models } }',
    ]) {
      const { body, text } = await gateway.graphql(`query ($id: ID!) { node(id: $id) { ... on Provider { ${fields} } } }`, { id })
      expect(body.errors?.map(({ extensions }) => extensions.code)).toEqual(['QUERY_TOO_COMPLEX'])
      expect(text.length).toBeLessThan(1_000)
    }
    expect((await shown(id, 10)).connectionTests.nodes[0]?.models).toHaveLength(100)
  })

  test('of an older list are gone, and their number stays', async () => {
    const id = await providerWith(FEW)
    await admin.test(id)
    await admin.updated(id, { apiKeys: [{ add: { credential: { value: OWN[0] } } }] })
    await admin.test(id)
    expect((await shown(id)).connectionTests.nodes).toEqual([
      { modelCount: 2, models: ['shared', 'own-0'] },
      { modelCount: 2, models: [] },
    ])
  })

  test('outlive a test that fails', async () => {
    const id = await providerWith(FEW)
    await admin.test(id)
    await admin.updated(id, { apiKeys: [{ add: { credential: { value: BAD } } }] })
    await admin.test(id)
    const { connectionTests } = await shown(id, 3)
    expect(connectionTests.nodes.map(({ models }) => models).toSorted()).toEqual([[], ['one', 'two']])
  })

  test('are kept of 8 different lists of a provider', async () => {
    const before = await storedLists()
    const id = await providerWith(...OWN)
    await admin.test(id)
    expect((await storedLists()) - before).toBe(8)
    expect((await shown(id, 12)).connectionTests.nodes.filter(({ models }) => models.length > 0)).toHaveLength(8)
  })

  test('of a draft are told, and not stored', async () => {
    const before = await storedLists()
    const result = await admin.testDraft({ type: 'OPENAI', baseUrl: `${upstream.origin}/v1`, apiKey: FEW })
    expect(result.tests?.map(({ models }) => models)).toEqual([['one', 'two']])
    expect(await storedLists()).toBe(before)
  })

  test('are gone with their provider', async () => {
    const before = await storedLists()
    const id = await providerWith(FEW)
    await admin.test(id)
    await admin.remove(id)
    expect(await storedLists()).toBe(before)
  })
})
