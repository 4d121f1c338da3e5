import { beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway } from '../../support/gateway.ts'
import { providerRow } from '../../support/rows.ts'
import { withStore } from '../../support/store.ts'
import { useGateway } from '../../support/use.ts'
import { ziriClient } from './client.ts'

let now = Date.parse('2025-01-01T12:00:00.000Z')

/** Names and display names are in opposite orders; `beta` and `gamma` are made in one second, `delta` and `epsilon` in one moment. */
const PROVIDERS = [
  ['alpha', 'Zulu', 'https://c.example.com', 0],
  ['beta', 'Yankee', 'https://a.example.com', 1_000],
  ['gamma', 'x-ray', 'https://b.example.com', 1_200],
  ['delta', 'Whiskey 100%', 'https://e.example.com', 5_000],
  ['epsilon', 'Victor_1', 'https://d.example.com', 5_000],
] as const

const gateway = useGateway({ clock: () => new Date(now) })
const client = ziriClient(gateway)
beforeAll(async () => {
  const start = now
  for (const [name, displayName, baseUrl, at] of PROVIDERS) {
    now = start + at
    await client.post('/api/providers', { name, apiKey: `key-of-${name}-0123456789`, metadata: { displayName, baseUrl } })
  }
})

async function list(query: string): Promise<{ names: string[]; total: number }> {
  const { status, body } = await client.get(`/api/providers${query}`)
  expect(status).toBe(200)
  return { names: body.providers.map(({ name }: { name: string }) => name), total: body.total }
}
const NEWEST_FIRST = ['epsilon', 'delta', 'gamma', 'beta', 'alpha']
const OLDEST_FIRST = [...NEWEST_FIRST].reverse()

describe('the list (ZIRI contract, "list" and "order")', () => {
  it.each([
    ['the newest first, ties by id', '', NEWEST_FIRST],
    ['sortOrder alone orders by createdAt', '?sortOrder=asc', OLDEST_FIRST],
    ['sortOrder alone, the other way', '?sortOrder=desc', NEWEST_FIRST],
    ['sortBy alone ascends', '?sortBy=name', ['alpha', 'beta', 'delta', 'epsilon', 'gamma']],
    ['the name, descending', '?sortBy=name&sortOrder=desc', ['gamma', 'epsilon', 'delta', 'beta', 'alpha']],
    ['the display name and not the slug', '?sortBy=displayName&sortOrder=asc', ['epsilon', 'delta', 'gamma', 'beta', 'alpha']],
    ['the base URL', '?sortBy=baseUrl', ['beta', 'gamma', 'alpha', 'epsilon', 'delta']],
    ['createdAt at full precision', '?sortBy=createdAt', OLDEST_FIRST],
    ['updatedAt, ties in the same direction', '?sortBy=updatedAt&sortOrder=desc', NEWEST_FIRST],
    ['an unknown sortBy is ignored', '?sortBy=apiKey', NEWEST_FIRST],
    ['an injection is ignored', '?sortBy=name;DROP%20TABLE%20providers', NEWEST_FIRST],
    ['a sortOrder in upper case is ignored', '?sortOrder=ASC', NEWEST_FIRST],
    ['an unknown sortBy leaves the sortOrder', '?sortBy=apiKey&sortOrder=asc', OLDEST_FIRST],
    ['an unknown sortOrder leaves the sortBy', '?sortBy=baseUrl&sortOrder=up', ['beta', 'gamma', 'alpha', 'epsilon', 'delta']],
    ['the first of a repeated sortBy and sortOrder', '?sortBy=createdAt&sortBy=name&sortOrder=asc&sortOrder=desc', OLDEST_FIRST],
    ['a sortBy in brackets is ignored', '?sortBy[]=name', NEWEST_FIRST],
    ['a sortBy that every object has is ignored', '?sortBy=constructor', NEWEST_FIRST],
  ])('orders by %s', async (_what, query, names) => {
    expect(await list(query)).toEqual({ names, total: 5 })
  })

  it.each([
    ['?limit=2', ['epsilon', 'delta']],
    ['?limit=2&offset=2', ['gamma', 'beta']],
    ['?offset=4', ['alpha']],
    ['?limit=0', []],
    ['?offset=99', []],
    ['?offset=99999999999999999999', []],
    ['?limit=-1', NEWEST_FIRST],
    ['?limit=abc&offset=abc', NEWEST_FIRST],
    ['?limit=2.7', NEWEST_FIRST],
    ['?offset=-1', NEWEST_FIRST],
    ['?limit=99999999999999999999', NEWEST_FIRST],
    ['?limit=2&limit=4', ['epsilon', 'delta']],
    ['?limit=1&offset=1&offset=3', ['delta']],
    ['?limit=&offset=', NEWEST_FIRST],
    ['?limit=0x2&offset=1e0', NEWEST_FIRST],
  ])('pages %s, and the total stays', async (query, names) => {
    expect(await list(query)).toEqual({ names, total: 5 })
  })

  it.each([
    ['a part of the name in any case', 'ALPH', ['alpha']],
    ['a part of the display name', 'ulu', ['alpha']],
    ['a part of the base URL', '//a.exa', ['beta']],
    ['% as itself', '100%25', ['delta']],
    ['_ as itself', 'r_1', ['epsilon']],
    ['a lone % as itself', '%25', ['delta']],
    ['never the key', 'key-of', []],
    ['nothing for U+0000', '%00', []],
    ['everything when it is empty', '', NEWEST_FIRST],
  ])('search finds %s', async (_what, search, names) => {
    expect(await list(`?search=${search}`)).toEqual({ names, total: names.length })
  })

  it('counts the total after the search and before the page, and sorts what it found', async () => {
    expect(await list('?search=example&limit=2&offset=1&sortBy=name')).toEqual({ names: ['beta', 'delta'], total: 5 })
    expect(await list('?search=yankee&sortBy=name&sortOrder=desc')).toEqual({ names: ['beta'], total: 1 })
  })

  it('takes the first of a repeated search', async () => {
    expect((await list('?search=alpha&search=beta')).names).toEqual(['alpha'])
  })

  it('caps the limit at 500, and gives 100 unless asked', async () => {
    const many = await startTestGateway()
    const other = ziriClient(many)
    const data = Array.from({ length: 505 }, (_, index) => providerRow(`p-${index}`))
    await withStore(many, (store) => store.provider.createMany({ data }))
    expect((await other.get('/api/providers')).body).toMatchObject({ providers: { length: 100 }, total: 505 })
    for (const limit of [501, 1_000_000])
      expect((await other.get(`/api/providers?limit=${limit}`)).body).toMatchObject({ providers: { length: 500 }, total: 505 })
    await many.close()
  })
})

it('shows an update by updatedAt alone: id and createdAt stay', async () => {
  const before = (await client.get('/api/providers/alpha')).body.provider
  now += 3_600_000
  const { provider } = (await client.post('/api/providers', { name: 'alpha', apiKey: 'other-key-0123456789' })).body
  expect(provider).toEqual({ ...before, updatedAt: new Date(now).toISOString().slice(0, 19).replace('T', ' ') })
})
