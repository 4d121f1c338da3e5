import { beforeAll, describe, expect, test } from 'vitest'
import { startTestGateway } from '../support/gateway.ts'
import { writerAs } from '../support/providers.ts'
import { recordStatements } from '../support/statements.ts'
import { withStore } from '../support/store.ts'
import { testDatabaseKind } from '../support/test-database.ts'
import { useGateway } from '../support/use.ts'

const statements = recordStatements()
const PAGE = '{ providers(first: 20) { nodes { name displayName } } }'
const LIST = '/api/v2/ai/providers'
let now = new Date()

const gateway = useGateway({ environment: { CACHE_MAX_BYTES: '1000000' }, clock: () => now })
const editor = writerAs(gateway, 'EDITOR')
beforeAll(async () => {
  await editor.created({ name: 'first' })
})

/** How many statements some work takes, the one that looks up a token not counted. */
async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  const before = statements.length
  await work()
  return statements.slice(before).filter((statement) => !/lookup_id/.test(statement)).length
}

const list = (token: string, headers: Record<string, string> = {}) =>
  gateway.fetch(LIST, { headers: { authorization: `Bearer ${token}`, ...headers } })

describe('a read that was answered before', () => {
  test.each([
    ['a query', () => gateway.ask(PAGE)],
    [
      'a query in the URL',
      () => gateway.fetch(`/graphql?query=${encodeURIComponent(PAGE)}`, { headers: adminHeaders() }).then((answer) => answer.text()),
    ],
    ['a REST list', () => list(gateway.adminToken).then((answer) => answer.text())],
  ])('is answered from memory: %s', async (_title, read) => {
    const first = await read()
    expect(await statementsOf(async () => expect(await read()).toEqual(first))).toBe(0)
  })

  test('shows at once what was written since, by whichever process', async () => {
    const namesOf = async () =>
      (await gateway.ask<{ providers: { nodes: { name: string }[] } }>(PAGE)).providers.nodes.map(({ name }) => name)
    expect(await namesOf()).not.toContain('second')
    await editor.created({ name: 'second' })
    expect(await namesOf()).toContain('second')
    const other = await startTestGateway({ environment: { ...gateway.shared } })
    try {
      await (await writerAs(other, 'EDITOR')).created({ name: 'elsewhere' })
      expect(await namesOf()).toContain('elsewhere')
    } finally {
      await other.close()
    }
  })

  test.runIf(testDatabaseKind === 'sqlite')('shows at once what somebody changed in the file by hand', async () => {
    await gateway.ask(PAGE)
    await withStore(gateway, (store) => store.$executeRawUnsafe("UPDATE providers SET display_name = 'By hand' WHERE name = 'first'"))
    expect(JSON.stringify(await gateway.ask(PAGE))).toContain('By hand')
  })

  test('is answered to many at once with the work of one', async () => {
    const askAtOnce = () => Promise.all(Array.from({ length: 20 }, () => gateway.ask(PAGE)))
    // What is read over a new connection of PostgreSQL counts as another state of the data: all that this takes are open then.
    await askAtOnce()
    await editor.created({})
    const alone = await statementsOf(() => gateway.ask(PAGE))
    await editor.created({})
    const together = await statementsOf(askAtOnce)
    expect(together).toBe(alone)
  })
})

const adminHeaders = () => ({ authorization: `Bearer ${gateway.adminToken}` })

describe('who asks', () => {
  test('with another role gets an answer of their own', async () => {
    const query = '{ accessTokens(first: 5) { nodes { name } } }'
    const viewer = await gateway.token('VIEWER')
    await gateway.ask(query)
    expect((await gateway.graphql(query, {}, viewer)).body.errors?.[0]?.extensions.code).toBe('FORBIDDEN')
    await gateway.ask(query)
    expect((await gateway.graphql(query, {}, viewer)).body.errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  })

  test('with another token of the same role never sees what is about the token', async () => {
    const [one, other] = [await gateway.createToken('VIEWER'), await gateway.createToken('VIEWER')]
    for (const { id, value } of [one, other, one, other]) {
      expect(await gateway.ask('{ viewer { token { id } } }', {}, value)).toEqual({ viewer: { token: { id } } })
      const { body } = await gateway.graphql('query ($id: ID!) { node(id: $id) { id } }', { id: one.id }, value)
      expect(body.data).toEqual({ node: id === one.id ? { id } : null })
    }
  })

  test('with a token that is revoked is refused at once', async () => {
    for (const path of [LIST, `/graphql?query=${encodeURIComponent(PAGE)}`]) {
      const { id, value } = await gateway.createToken('VIEWER')
      const read = () => gateway.fetch(path, { headers: { authorization: `Bearer ${value}` } }).then(({ status }) => status)
      expect([await read(), await read()]).toEqual([200, 200])
      await gateway.ask('mutation ($id: ID!) { revokeAccessToken(input: { id: $id }) { __typename } }', { id })
      expect(await read()).toBe(401)
    }
  })

  test('with a token that expires is refused from that moment on', async () => {
    const { value } = await gateway.createToken('VIEWER', new Date(now.getTime() + 60_000))
    expect([(await list(value)).status, (await list(value)).status]).toEqual([200, 200])
    now = new Date(now.getTime() + 60_000)
    expect((await list(value)).status).toBe(401)
  })

  test('with the configured admin token is refused as soon as another gateway starts with another one', async () => {
    expect([(await list(gateway.adminToken)).status, (await list(gateway.adminToken)).status]).toEqual([200, 200])
    const other = await startTestGateway({
      environment: { ...gateway.shared, ADMIN_TOKEN: 'another-admin-token-of-more-than-32-characters' },
    })
    try {
      expect((await list(gateway.adminToken)).status).toBe(401)
    } finally {
      await other.close()
    }
    await gateway.restart()
    expect((await list(gateway.adminToken)).status).toBe(200)
  })

  test('without a token gets nothing from memory', async () => {
    await list(gateway.adminToken)
    expect((await gateway.fetch(LIST)).status).toBe(401)
    expect((await list('gw_wrong')).status).toBe(401)
  })
})

describe('an entity tag', () => {
  test('of a read spares the body to who holds it, until the data changes', async () => {
    const first = await list(gateway.adminToken)
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[\w-]+"$/)
    for (const held of [etag, `"other", W/${etag}`, '*']) {
      const again = await list(gateway.adminToken, { 'if-none-match': held })
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag])
      expect(again.headers.get('cache-control')).toBe('no-store')
    }
    await editor.created({})
    const changed = await list(gateway.adminToken, { 'if-none-match': etag })
    expect(changed.status).toBe(200)
    expect(changed.headers.get('etag')).not.toBe(etag)
  })

  test('spares nothing to who may not read', async () => {
    const etag = (await list(gateway.adminToken)).headers.get('etag') ?? ''
    expect((await gateway.fetch(LIST, { headers: { 'if-none-match': etag } })).status).toBe(401)
  })
})

describe('what is made anew each time', () => {
  test.each([
    ['an answer with an error', '{ provider(by: { name: "first" }) { name } node(id: "nonsense") { id } }'],
    ['what is about the caller', '{ viewer { token { name } } }'],
  ])('%s', async (_title, query) => {
    await gateway.graphql(query)
    expect(await statementsOf(() => gateway.graphql(query))).toBeGreaterThan(0)
  })

  test('a mutation that is sent twice happens twice', async () => {
    const { id } = await editor.created({ name: 'twice' })
    const query =
      'mutation ($input: UpdateProviderInput!) { updateProvider(input: $input) { ... on UpdateProviderPayload { provider { version } } } }'
    const variables = { input: { provider: { id }, icon: 'x' } }
    await Promise.all([1, 2, 3].map(() => gateway.ask(query, variables)))
    expect(await gateway.ask('{ provider(by: { name: "twice" }) { version } }')).toEqual({ provider: { version: 4 } })
  })

  test('every read, when the cache is off', async () => {
    await gateway.restart({ CACHE_MAX_BYTES: '0' })
    await gateway.ask(PAGE)
    expect(await statementsOf(() => gateway.ask(PAGE))).toBeGreaterThan(0)
    await gateway.restart()
  })
})
