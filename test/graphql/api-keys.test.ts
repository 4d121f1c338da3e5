import { beforeAll, describe, expect, test } from 'vitest'
import { writerOf } from '../support/providers.ts'
import { useGateway } from '../support/use.ts'

interface Keys {
  readonly apiKeys: {
    readonly totalCount: number
    readonly nodes: readonly { readonly masked: string; readonly provider: { readonly name: string } }[]
    readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean }
  }
}

const KEYS = `query ($first: Int, $after: String, $filter: ApiKeyFilter) {
  apiKeys(first: $first, after: $after, filter: $filter) {
    totalCount nodes { masked provider { name } } pageInfo { endCursor hasNextPage }
  }
}`

const gateway = useGateway()

const list = async (variables: Readonly<Record<string, unknown>> = {}) => (await gateway.ask<Keys>(KEYS, variables)).apiKeys
const masks = async (filter: Readonly<Record<string, unknown>>) => (await list({ filter })).nodes.map(({ masked }) => masked)

describe('the keys of all providers', () => {
  beforeAll(async () => {
    const writer = writerOf(gateway)
    await writer.created({
      name: 'first',
      displayName: 'The First',
      apiKeys: [
        { credential: { value: 'sk-first-0000000000000aaaa' }, name: 'nightly' },
        { credential: { value: 'sk-first-0000000000000bbbb' }, enabled: false },
      ],
    })
    await writer.created({ name: 'second', apiKeys: [{ credential: { value: 'sk-second-000000000000cccc' } }] })
    await writer.created({ name: 'gone', apiKeys: [{ credential: { value: 'sk-gone-00000000000000dddd' } }] })
    await gateway.ask('mutation { deleteProvider(input: { provider: { name: "gone" } }) { __typename } }')
  })

  test('are listed newest first with their providers, without those of deleted ones', async () => {
    const { totalCount, nodes } = await list()
    expect([totalCount, nodes]).toEqual([
      3,
      [
        { masked: 'sk-s...cccc', provider: { name: 'second' } },
        { masked: 'sk-f...bbbb', provider: { name: 'first' } },
        { masked: 'sk-f...aaaa', provider: { name: 'first' } },
      ],
    ])
  })

  test('are counted alone, and in pages by cursor', async () => {
    expect(await gateway.ask('{ apiKeys { totalCount } }')).toEqual({ apiKeys: { totalCount: 3 } })
    const { nodes, pageInfo } = await list({ first: 2 })
    expect([nodes.length, pageInfo.hasNextPage]).toEqual([2, true])
    const rest = await list({ first: 2, after: pageInfo.endCursor })
    expect([rest.nodes.map(({ masked }) => masked), rest.pageInfo.hasNextPage]).toEqual([['sk-f...aaaa'], false])
  })

  test.each([
    ['its last four characters', { search: 'bbbb' }, ['sk-f...bbbb']],
    ['its mask', { search: 'sk-s...cccc' }, ['sk-s...cccc']],
    ['its name', { search: 'nightly' }, ['sk-f...aaaa']],
    ['its provider, in any case', { search: 'the FIRST' }, ['sk-f...bbbb', 'sk-f...aaaa']],
    ['being disabled', { enabled: false }, ['sk-f...bbbb']],
    ['having no test', { search: 'second', status: null }, ['sk-s...cccc']],
    ['an outcome that none has', { status: 'UNAUTHORIZED' }, []],
    ['signs that a database reads otherwise', { search: '%%%%' }, []],
  ])('are found by %s', async (_by, filter, expected) => {
    expect(await masks(filter)).toEqual(expected)
  })

  test('are still counted for each provider', async () => {
    const counts = '{ providers { nodes { name apiKeys(first: 1) { totalCount nodes { masked } } } } }'
    expect(await gateway.ask(counts)).toEqual({
      providers: {
        nodes: [
          { name: 'first', apiKeys: { totalCount: 2, nodes: [{ masked: 'sk-f...aaaa' }] } },
          { name: 'second', apiKeys: { totalCount: 1, nodes: [{ masked: 'sk-s...cccc' }] } },
        ],
      },
    })
    expect(await gateway.ask('{ provider(by: { name: "first" }) { apiKeys { totalCount } } }')).toEqual({
      provider: { apiKeys: { totalCount: 2 } },
    })
  })

  test('are refused to be found by a text that is too long', async () => {
    const { body } = await gateway.graphql(KEYS, { filter: { search: 'x'.repeat(201) } })
    expect(body.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
  })
})
