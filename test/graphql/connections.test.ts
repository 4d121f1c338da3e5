import { beforeAll, describe, expect, test } from 'vitest'
import { insertProviders } from '../support/many-providers.ts'
import { writerAs } from '../support/providers.ts'
import { startRecorder } from '../support/recorder.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

interface Page {
  readonly totalCount: number
  readonly nodes: readonly { readonly name: string }[]
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly name: string } }[]
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly startCursor: string | null
    readonly endCursor: string | null
  }
}

const KEY = 'sk-connection-fixture-00001'
const LIST = `query ($first: Int, $last: Int, $after: String, $before: String, $filter: ProviderFilter, $orderBy: ProviderOrder) {
  providers(first: $first, last: $last, after: $after, before: $before, filter: $filter, orderBy: $orderBy) {
    totalCount nodes { name } edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`
let now = new Date('2026-06-01T10:00:00Z')

/** Created in this order, a second apart; `c-gamma` is changed last. */
const FIXTURES = [
  { name: 'b-beta', displayName: 'zebra', baseUrl: 'https://beta.example.com' },
  { name: 'a-alpha', displayName: 'Yak 100% _under_ back\\slash', baseUrl: 'https://alpha.example.com', type: 'ANTHROPIC' },
  { name: 'd-delta', displayName: 'ÄRGER', baseUrl: 'https://delta.example.com/%5F', enabled: false },
  { name: 'c-gamma', baseUrl: 'https://gamma.example.com/v1_beta' },
]

const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' }, clock: () => now })
const recorder = useStarted(() => startRecorder(KEY))
const editor = writerAs(gateway, 'EDITOR')
beforeAll(async () => {
  for (const input of FIXTURES) {
    now = new Date(now.getTime() + 1_000)
    await editor.created(input)
  }
  now = new Date(now.getTime() + 1_000)
  const { provider } = await gateway.ask<{ provider: { id: string } }>('{ provider(by: { name: "b-beta" }) { id } }')
  await editor.updated(provider.id, { icon: 'changed' })
})

const page = async (variables: Record<string, unknown> = {}) => (await gateway.ask<{ providers: Page }>(LIST, variables)).providers
const names = async (variables: Record<string, unknown> = {}) => (await page(variables)).nodes.map(({ name }) => name)
const refusalOf = async (variables: Record<string, unknown>) => {
  const { status, body } = await gateway.graphql<{ providers: null } | null>(LIST, variables)
  expect(body.data?.providers ?? null).toBeNull()
  return [status, ...(body.errors?.map(({ extensions }) => extensions.code) ?? [])]
}

describe('the order', () => {
  test.each([
    ['NAME', ['a-alpha', 'b-beta', 'c-gamma', 'd-delta']],
    ['DISPLAY_NAME', ['c-gamma', 'a-alpha', 'b-beta', 'd-delta']],
    ['CREATED_AT', ['b-beta', 'a-alpha', 'd-delta', 'c-gamma']],
    ['UPDATED_AT', ['a-alpha', 'd-delta', 'c-gamma', 'b-beta']],
  ])('by %s goes both ways', async (field, ascending) => {
    expect(await names({ orderBy: { field, direction: 'ASC' } })).toEqual(ascending)
    expect(await names({ orderBy: { field, direction: 'DESC' } })).toEqual(ascending.toReversed())
  })

  test('is by name when none is asked for', async () => {
    expect(await names()).toEqual(['a-alpha', 'b-beta', 'c-gamma', 'd-delta'])
    expect(await names({ orderBy: null })).toEqual(['a-alpha', 'b-beta', 'c-gamma', 'd-delta'])
  })

  test.each(['NAME', 'DISPLAY_NAME', 'CREATED_AT', 'UPDATED_AT'])('by %s holds over pages in both directions', async (field) => {
    for (const direction of ['ASC', 'DESC']) {
      const orderBy = { field, direction }
      const all = await names({ orderBy })
      const forth: string[] = []
      for (let after: string | null = null; forth.length < all.length; ) {
        const { nodes, pageInfo }: Page = await page({ orderBy, first: 1, after })
        forth.push(...nodes.map(({ name }) => name))
        expect(pageInfo.hasNextPage).toBe(forth.length < all.length)
        after = pageInfo.endCursor
      }
      expect(forth).toEqual(all)
      const back: string[] = []
      for (let before: string | null = null; back.length < all.length; ) {
        const { nodes, pageInfo }: Page = await page({ orderBy, last: 1, before })
        back.unshift(...nodes.map(({ name }) => name))
        expect(pageInfo.hasPreviousPage).toBe(back.length < all.length)
        before = pageInfo.startCursor
      }
      expect(back).toEqual(all)
    }
  })
})

describe('the filter', () => {
  test.each([
    ['beta', ['b-beta', 'c-gamma']],
    ['BETA.EXAMPLE', ['b-beta']],
    ['ebr', ['b-beta']],
    ['yak', ['a-alpha']],
    ['ärger', ['d-delta']],
    ['ÄRGER', ['d-delta']],
    ['100%', ['a-alpha']],
    ['%', ['a-alpha', 'd-delta']],
    ['_', ['a-alpha', 'c-gamma']],
    ['\\', ['a-alpha']],
    ['k\\s', ['a-alpha']],
    ['a%a', []],
    ['a_alpha', []],
    ["'", []],
    ['" OR 1=1 --', []],
    ['nowhere', []],
  ])('finds %j as a literal part in any case', async (search, found) => {
    const { nodes, totalCount } = await page({ filter: { search } })
    expect(nodes.map(({ name }) => name)).toEqual(found)
    expect(totalCount).toBe(found.length)
  })

  test('follows a change of the name that is shown and of the URL', async () => {
    const { id } = await editor.created({ name: 'e-moving', displayName: 'wombat', baseUrl: 'https://before.example.com' })
    await editor.updated(id, { displayName: '', baseUrl: 'https://after.example.com' })
    expect(await names({ filter: { search: 'wombat' } })).toEqual([])
    expect(await names({ filter: { search: 'before.' } })).toEqual([])
    expect(await names({ filter: { search: 'after.' } })).toEqual(['e-moving'])
    await editor.remove(id)
  })

  test('takes null and an empty text for "any"', async () => {
    for (const filter of [null, {}, { search: '' }, { search: null, type: null, enabled: null, status: null }])
      expect(await names({ filter })).toHaveLength(4)
  })

  test('by type, by being enabled, and by both', async () => {
    expect(await names({ filter: { type: 'ANTHROPIC' } })).toEqual(['a-alpha'])
    expect(await names({ filter: { enabled: false } })).toEqual(['d-delta'])
    expect(await names({ filter: { enabled: true, type: 'OPENAI', search: 'example' } })).toEqual(['b-beta', 'c-gamma'])
    expect(await names({ filter: { enabled: false, type: 'ANTHROPIC' } })).toEqual([])
  })

  test('by the latest test, until the endpoint or the keys change', async () => {
    const { id } = await editor.created({ name: 'f-tested', baseUrl: recorder.origin, apiKeys: [{ credential: { value: KEY } }] })
    await editor.test(id)
    expect(await names({ filter: { status: 'OK' } })).toEqual(['f-tested'])
    expect(await names({ filter: { status: 'UNAUTHORIZED' } })).toEqual([])
    await editor.updated(id, { apiKeys: [{ add: { credential: { value: 'sk-some-other-key-0001' } } }] })
    expect(await names({ filter: { status: 'OK' } })).toEqual([])
    await editor.test(id)
    expect(await names({ filter: { status: 'UNAUTHORIZED' } })).toEqual(['f-tested'])
    await editor.remove(id)
    expect(await names({ filter: { status: 'UNAUTHORIZED' } })).toEqual([])
  })
})

describe('a page', () => {
  test('has the same nodes in edges and nodes, and cursors that lead on', async () => {
    const first = await page({ first: 2 })
    expect(first.edges.map(({ node }) => node)).toEqual(first.nodes)
    expect(first.pageInfo).toEqual({
      ...{ hasNextPage: true, hasPreviousPage: false },
      ...{ startCursor: first.edges[0]?.cursor, endCursor: first.edges[1]?.cursor },
    })
    expect(first.totalCount).toBe(4)
    const next = await page({ first: 2, after: first.pageInfo.endCursor })
    expect(next.nodes.map(({ name }) => name)).toEqual(['c-gamma', 'd-delta'])
    expect(next.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true })
  })

  test('behind the last node is empty', async () => {
    const { pageInfo } = await page()
    const empty = await page({ after: pageInfo.endCursor })
    expect(empty).toMatchObject({
      totalCount: 4,
      nodes: [],
      edges: [],
      pageInfo: { hasNextPage: false, startCursor: null, endCursor: null },
    })
  })

  test('without a node has no cursors, whatever it is a list of', async () => {
    const { id } = await editor.created({ testAfterWrites: 'NEVER' })
    const info = '{ nodes { __typename } pageInfo { startCursor endCursor } }'
    const lists = `providers(filter: { search: "matches nothing" }) ${info} modelRoutes ${info} modelCalls ${info}
      allKeys: apiKeys(filter: { search: "matches nothing" }) ${info} auditEvents(subjectName: "nobody") ${info}`
    const { provider, ...others } = await gateway.ask<{ provider: object }>(
      `query ($id: ID!) { ${lists} provider(by: { id: $id }) { apiKeys ${info} connectionTests ${info} models ${info} } }`,
      { id },
    )
    const pages = Object.entries({ ...others, ...provider })
    expect(pages).toHaveLength(8)
    const empty = { nodes: [], pageInfo: { startCursor: null, endCursor: null } }
    expect(pages).toEqual(pages.map(([name]) => [name, empty]))
    await editor.remove(id)
  })

  test('between two cursors is refused', async () => {
    const { edges } = await page()
    expect(await refusalOf({ after: edges[0]?.cursor, before: edges[3]?.cursor })).toEqual([200, 'BAD_USER_INPUT'])
  })

  test('goes on where it was when the node of the cursor was deleted, or fits the filter no more', async () => {
    const { id } = await editor.created({ name: 'b-between' })
    const { edges } = await page({ filter: { enabled: true } })
    const cursor = edges.find(({ node }) => node.name === 'b-between')?.cursor
    await editor.updated(id, { enabled: false })
    expect(await names({ filter: { enabled: true }, after: cursor })).toEqual(['c-gamma'])
    await editor.remove(id)
    expect(await names({ after: cursor })).toEqual(['c-gamma', 'd-delta'])
    expect(await names({ before: cursor, last: 5 })).toEqual(['a-alpha', 'b-beta'])
  })

  test.each(['NAME', 'CREATED_AT'])('goes on where it was when the node of the cursor was changed, in the order of %s', async (field) => {
    const { id } = await editor.created({ name: 'b-changing' })
    const variables = { orderBy: { field, direction: 'ASC' }, first: 100 }
    const { edges } = await page(variables)
    const at = edges.findIndex(({ node }) => node.name === 'b-changing')
    await editor.updated(id, { displayName: 'Zulu', baseUrl: 'https://z.example.com/v1' })
    expect(await names({ ...variables, after: edges[at]?.cursor })).toEqual(edges.slice(at + 1).map(({ node }) => node.name))
    await editor.remove(id)
  })

  test.each([{ first: 0 }, { first: -1 }, { last: 0 }, { last: -100 }, { first: 1, last: 1 }])(
    'with %j is refused by the name of the argument',
    async (variables) => {
      expect(await refusalOf(variables)).toEqual([200, 'BAD_USER_INPUT'])
      const { body } = await gateway.graphql(LIST, variables)
      expect(body.errors?.[0]?.message).toContain('`first`')
    },
  )

  test.each(['nonsense', '', 'R1BDOk46MQ==', Buffer.from('GPC:S:no-such-id').toString('base64'), "' OR 1=1 --", '\u0000'])(
    'behind the cursor %j is refused or empty, never a fault',
    async (cursor) => {
      for (const variables of [{ after: cursor }, { before: cursor }]) {
        const { status, body } = await gateway.graphql<{ providers: Page } | null>(LIST, variables)
        expect(status).toBe(200)
        const codes = body.errors?.map(({ extensions }) => extensions.code)
        expect(codes ?? body.data?.providers.nodes).toEqual(codes === undefined ? [] : ['BAD_USER_INPUT'])
      }
    },
  )
})

describe('the size of a page', () => {
  beforeAll(async () => {
    await insertProviders(gateway, { count: 120, stem: 'many' })
  })

  test('is 20 when none is asked for, and 100 at most', async () => {
    expect(await names()).toHaveLength(20)
    expect(await names({ first: 100 })).toHaveLength(100)
    const clamped = await page({ first: 101 })
    expect(clamped.nodes).toHaveLength(100)
    expect(clamped.pageInfo.hasNextPage).toBe(true)
    expect(await names({ first: 2_147_483_647 })).toHaveLength(100)
    const last = await page({ last: 1_000 })
    expect(last.nodes.map(({ name }) => name).at(-1)).toBe('many-0000120')
    expect(last.nodes).toHaveLength(100)
    expect(last.totalCount).toBe(124)
  })
})

describe('the nested pages of a provider', () => {
  test('keep to the same rules: keys oldest first, tests newest first', async () => {
    const values = Array.from({ length: 25 }, (_, index) => ({
      credential: { value: `sk-key-number-${index}-of-many` },
      name: `key ${index}`,
    }))
    const { id } = await editor.created({ baseUrl: recorder.origin, apiKeys: values })
    await editor.test(id)
    const NESTED = `query ($id: ID!, $first: Int, $last: Int, $after: String, $before: String) { provider(by: { id: $id }) {
      keys: apiKeys(first: $first, last: $last, after: $after, before: $before) { totalCount nodes { name } edges { cursor node { name } } pageInfo { hasNextPage } }
      tests: connectionTests(first: $first, last: $last) { totalCount nodes { apiKey { name } } pageInfo { hasNextPage } } } }`
    interface Nested {
      readonly provider: {
        readonly keys: {
          readonly nodes: readonly { name: string }[]
          readonly edges: readonly { cursor: string }[]
          readonly totalCount: number
        }
        readonly tests: { readonly nodes: readonly { apiKey: { name: string } }[]; readonly totalCount: number }
      }
    }
    const { provider } = await gateway.ask<Nested>(NESTED, { id })
    expect(provider.keys.nodes.map(({ name }) => name)).toEqual(Array.from({ length: 20 }, (_, index) => `key ${index}`))
    expect([provider.keys.totalCount, provider.tests.totalCount, provider.tests.nodes.length]).toEqual([25, 25, 20])
    const after = provider.keys.edges[19]?.cursor
    const rest = await gateway.ask<Nested>(NESTED, { id, first: 20, after })
    expect(rest.provider.keys.nodes.map(({ name }) => name)).toEqual(['key 20', 'key 21', 'key 22', 'key 23', 'key 24'])
    const end = await gateway.ask<Nested>(NESTED, { id, last: 2 })
    expect(end.provider.keys.nodes.map(({ name }) => name)).toEqual(['key 23', 'key 24'])
    for (const bad of [{ first: 0 }, { last: -1 }, { first: 1, last: 1 }, { after: 'nonsense' }]) {
      const { body } = await gateway.graphql(NESTED, { id, ...bad })
      expect([...new Set(body.errors?.map(({ extensions }) => extensions.code))]).toEqual(['BAD_USER_INPUT'])
    }
  })
})
