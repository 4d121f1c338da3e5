import { beforeAll, describe, expect, test } from 'vitest'
import { insertProviders } from '../support/many-providers.ts'
import { withStore } from '../support/store.ts'
import { useGateway } from '../support/use.ts'

/** One more than Prisma binds in one statement on SQLite unless it is told otherwise. */
const COUNT = 1_100
const gateway = useGateway()
beforeAll(async () => {
  await insertProviders(gateway, { count: COUNT, keys: 2 })
})

async function list(path: string): Promise<{ body: unknown; response: Response }> {
  const response = await gateway.fetch(path, { headers: { authorization: `Bearer ${gateway.adminToken}` } })
  expect(response.status).toBe(200)
  return { body: await response.json(), response }
}

/** The items of a list, which is a property of the body unless it is the body. */
function itemsIn(body: unknown, property: string): readonly object[] {
  const items = Array.isArray(body) ? body : Object.entries(body ?? {}).find(([name]) => name === property)?.[1]
  return Array.isArray(items) ? items : []
}

function texts(items: readonly object[], field: string): string[] {
  return items.map((item) => String(Object.entries(item).find(([name]) => name === field)?.[1]))
}

const nameOf = (index: number) => `bulk-${String(index + 1).padStart(7, '0')}`
const NAMES = Array.from({ length: COUNT }, (_, index) => nameOf(index))

describe(`with ${COUNT} providers of two keys each`, () => {
  test.each([
    ['/api/v2/ai/providers', 'name'],
    ['/bifrost/api/providers', 'name'],
    ['/respan/api/providers/', 'provider_id'],
  ])('%s names each provider once, in order', async (path, field) => {
    const { body } = await list(path)
    expect(texts(itemsIn(body, 'providers'), field)).toEqual(NAMES)
  })

  test('Bifrost counts its providers, and lists each key once', async () => {
    expect((await list('/bifrost/api/providers')).body).toMatchObject({ total: COUNT })
    const keys = itemsIn((await list('/bifrost/api/keys')).body, '')
    expect(texts(keys, 'provider').toSorted()).toEqual([...NAMES, ...NAMES].toSorted())
    expect(new Set(texts(keys, 'key_id')).size).toBe(2 * COUNT)
  })

  test('Bifrost looks through the models of all providers', async () => {
    expect((await list('/bifrost/api/models?limit=0')).body).toEqual({ models: [], total: 0 })
    expect((await list('/bifrost/api/models/base')).body).toEqual({ models: [], total: 0 })
  })

  test('ZIRI gives 500 at once, and the number of all', async () => {
    const { body } = await list('/ziri/api/providers?limit=500&offset=600&sortBy=name')
    expect(texts(itemsIn(body, 'providers'), 'name')).toEqual(NAMES.slice(600))
    expect(body).toMatchObject({ total: COUNT })
  })

  test('GraphQL finds as many as an operation may name, in their order', async () => {
    const { nodes: ids } = await firstIds()
    const { status, body } = await gateway.graphql<{ nodes: { name: string }[] }>(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Provider { name lastConnectionTest { status } } } }',
      { ids: ids.toReversed() },
    )
    expect(status).toBe(200)
    expect(body.data?.nodes.map(({ name }) => name)).toEqual(NAMES.toReversed())
  })
})

describe('with 100 providers of 100 keys each', () => {
  beforeAll(() => insertProviders(gateway, { count: 100, keys: 100, from: COUNT + 1, stem: 'aaaa' }))

  test.each([
    'apiKeys(first: 1) { nodes { lastConnectionTest { status } provider { name apiKeys(first: 1) { nodes { masked } } } } }',
    'a: apiKeys(first: 1) { nodes { masked } } b: apiKeys(first: 2) { nodes { name } } c: connectionTests(first: 1) { nodes { apiKey { name } } }',
  ])('GraphQL reads a page with { %s }', async (fields) => {
    const { status, body } = await gateway.graphql<{ providers: { nodes: unknown[] } }>(
      `{ providers(first: 100) { nodes { name ${fields} } } }`,
    )
    expect(body.errors ?? []).toEqual([])
    expect(status).toBe(200)
    expect(body.data?.providers.nodes).toHaveLength(100)
  })

  test('each dialect lists them', async () => {
    const { body } = await list('/bifrost/api/keys')
    expect(itemsIn(body, '')).toHaveLength(2 * COUNT + 10_000)
    expect(itemsIn((await list('/api/v2/ai/providers')).body, '')).toHaveLength(COUNT + 100)
  })
})

describe('a list that is longer than the connection holds', () => {
  const PATHS = ['/api/v2/ai/providers', '/bifrost/api/providers', '/bifrost/api/keys', '/respan/api/providers/']
  const LONG = 16_000
  beforeAll(() =>
    withStore(gateway, async (store) => {
      const padding = 'a'.repeat(LONG)
      await store.provider.updateMany({ data: { baseUrl: `https://example.com/${padding}`, displayName: padding } })
      await store.apiKey.updateMany({ where: { provider: { name: { startsWith: 'bulk' } } }, data: { name: padding } })
    }),
  )

  /** Reads the beginning of a list, lets something happen, and reads the rest. Throws when the answer breaks off. */
  async function readAround(path: string, token: string, between: () => Promise<unknown>): Promise<string> {
    const response = await fetch(new URL(path, gateway.url), { headers: { authorization: `Bearer ${token}` } })
    expect(response.status).toBe(200)
    const decoder = new TextDecoder()
    let text = ''
    const reader = response.body?.getReader()
    for (let piece = await reader?.read(); piece?.value !== undefined; piece = await reader?.read()) {
      if (text === '') await between()
      text += decoder.decode(piece.value, { stream: true })
    }
    return text
  }

  const revoke = (id: string) =>
    gateway.ask('mutation ($input: RevokeAccessTokenInput!) { revokeAccessToken(input: $input) { __typename } }', { input: { id } })

  test.each(PATHS)('%s ends without its end once its token is revoked', async (path) => {
    const token = await gateway.createToken('VIEWER')
    const length = readAround(path, token.value, () => revoke(token.id)).then((text) => text.length)
    await expect(length).rejects.toThrow('terminated')
  })

  test('goes on when another token is revoked', async () => {
    const [token, other] = [await gateway.createToken('VIEWER'), await gateway.createToken('VIEWER')]
    const text = await readAround('/bifrost/api/providers', token.value, () => revoke(other.id))
    expect(itemsIn(JSON.parse(text), 'providers')).toHaveLength(COUNT + 100)
  })
})

/** The ids of all, as GraphQL has them. */
async function firstIds(): Promise<{ nodes: string[] }> {
  const nodes: string[] = []
  for (let after: string | null = null; ; ) {
    const { providers }: IdPage = await gateway.ask<IdPage>(
      'query ($after: String) { providers(first: 100, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }',
      { after },
    )
    nodes.push(...providers.nodes.map(({ id }) => id))
    if (!providers.pageInfo.hasNextPage) return { nodes }
    after = providers.pageInfo.endCursor
  }
}

interface IdPage {
  readonly providers: {
    readonly nodes: readonly { readonly id: string }[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  }
}
