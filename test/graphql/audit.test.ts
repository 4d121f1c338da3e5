import { describe, expect, test } from 'vitest'
import { uniqueName, writerOf } from '../support/providers.ts'
import { useGateway } from '../support/use.ts'

let now = new Date('2026-06-01T10:00:00Z')
let lines: string[] = []
const gateway = useGateway({ clock: () => now, log: (line) => lines.push(line) })

const LIST = `query ($subject: ID, $action: AuditAction, $since: DateTime, $first: Int, $after: String) {
  auditEvents(subject: $subject, action: $action, since: $since, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes { id action actor { kind name id token { id } } channel subject { type id name provider { id } accessToken { id } } changes requestId createdAt }
  }
}`
const SECRET = 'sk-audited-fixture-key-0000'

interface Event {
  readonly id: string
  readonly action: string
  readonly actor: { readonly kind: string; readonly name: string; readonly id: string | null; readonly token: { id: string } | null }
  readonly channel: string
  readonly subject: { readonly type: string; readonly id: string | null; readonly name: string | null }
  readonly changes: Record<string, unknown>
  readonly requestId: string
}
interface Page {
  readonly auditEvents: {
    readonly totalCount: number
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
    readonly nodes: readonly Event[]
  }
}

const list = async (variables: Record<string, unknown> = {}) => (await gateway.ask<Page>(LIST, variables)).auditEvents
const mutate = (field: string, input: object, token?: string) =>
  gateway.graphql(
    `mutation ($input: ${field[0]?.toUpperCase()}${field.slice(1)}Input!) { result: ${field}(input: $input) { ... on UserError { code } } }`,
    { input },
    token,
  )

describe('the audit log', () => {
  test('tells of each change of a provider, newest first, by its UUID and by its GraphQL id', async () => {
    const writer = writerOf(gateway)
    const { id, uuid, name } = await writer.created({ apiKeys: [{ credential: { value: SECRET } }] })
    const changed = await mutate('updateProvider', { provider: { id }, enabled: false })
    await mutate('deleteProvider', { provider: { id } })
    const { nodes, totalCount } = await list({ subject: uuid })
    expect(nodes.map(({ action }) => action)).toEqual(['PROVIDER_DELETED', 'PROVIDER_UPDATED', 'PROVIDER_CREATED'])
    expect(totalCount).toBe(3)
    expect(await list({ subject: id })).toMatchObject({ nodes })
    expect(nodes[1]).toMatchObject({
      channel: 'GRAPHQL',
      actor: { kind: 'TOKEN', name: 'ADMIN_TOKEN', token: { id: expect.any(String) } },
      subject: { type: 'PROVIDER', id: uuid, name, provider: null, accessToken: null },
      requestId: changed.headers.get('x-request-id'),
    })
    expect(nodes[2]?.changes).toMatchObject({ name })
    expect(JSON.stringify(nodes)).not.toContain(SECRET)
  })

  test('tells which kept keys were switched, weighed or renamed, without their names', async () => {
    const { id, apiKeys } = await writerOf(gateway).created({
      apiKeys: [{ credential: { value: SECRET }, name: 'first' }, { credential: { value: `${SECRET}-2` } }],
    })
    const [first, second] = apiKeys.nodes
    const keep = (key: typeof first, changes: object) => ({ keep: { id: key?.id, ...changes } })
    const changes = [keep(first, { name: 'of finance', enabled: false, weight: 1 }), keep(second, { weight: 3 })]
    await mutate('updateProvider', { provider: { id }, apiKeys: changes })
    expect((await list({ subject: id, first: 1 })).nodes[0]?.changes).toMatchObject({
      apiKeys: {
        kept: 2,
        changed: [
          { id: first?.uuid, name: 'changed', enabled: false },
          { id: second?.uuid, weight: 3 },
        ],
      },
    })
    await mutate('updateProvider', { provider: { id }, apiKeys: [keep(first, { enabled: false }), keep(second, {})] })
    expect((await list({ subject: id, first: 1 })).nodes[0]?.changes).toEqual({ apiKeys: { added: [], removed: [], kept: 2 } })
  })

  test('tells who tried a draft at which host, without the key', async () => {
    const draft = { type: 'OPENAI_COMPAT', baseUrl: 'http://127.0.0.1:9/v1?secret=no', apiKey: SECRET }
    const tested = await mutate('testConnection', { draft: { ...draft, baseUrl: 'https://api.example.invalid/v1' } })
    expect(tested.status).toBe(200)
    const { nodes } = await list({ first: 1, action: 'PROVIDER_DRAFT_TESTED' })
    expect(nodes[0]).toMatchObject({
      channel: 'GRAPHQL',
      subject: { type: 'PROVIDER', id: null, name: null, provider: null },
      requestId: tested.headers.get('x-request-id'),
      changes: { type: 'OPENAI_COMPAT', endpoint: 'https://api.example.invalid', tests: [{ status: 'UNREACHABLE' }] },
    })
    expect(JSON.stringify(nodes)).not.toContain(SECRET)
    await mutate('testConnection', { draft })
    expect((await list({ first: 1 })).nodes[0]).toMatchObject({
      action: 'PROVIDER_CHANGE_REFUSED',
      changes: { operation: 'testConnection' },
    })
  })

  test('is read page by page, from a time on, and by action', async () => {
    now = new Date('2026-06-02T10:00:00Z')
    for (let index = 0; index < 3; index++) await writerOf(gateway).created({})
    const since = now.toISOString()
    const first = await list({ since, first: 2 })
    expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } })
    const rest = await list({ since, first: 2, after: first.pageInfo.endCursor })
    expect(rest.pageInfo.hasNextPage).toBe(false)
    expect(new Set([...first.nodes, ...rest.nodes].map(({ id }) => id)).size).toBe(3)
    expect((await list({ action: 'PROVIDER_DELETED', since })).totalCount).toBe(0)
  })

  test('tells of the tokens, the first one too, which the gateway itself made', async () => {
    const { nodes } = await list({ action: 'ACCESS_TOKEN_CREATED', first: 100 })
    expect(nodes.at(-1)).toMatchObject({
      actor: { kind: 'SYSTEM', name: 'gateway', id: null, token: null },
      channel: 'START',
      subject: { type: 'ACCESS_TOKEN', name: 'ADMIN_TOKEN', accessToken: { id: expect.any(String) } },
      changes: { name: 'ADMIN_TOKEN', role: 'ADMIN' },
    })
  })

  test('forgets the refused words: only ids of what exists, and why', async () => {
    const taken = await writerOf(gateway).created({})
    const before = (await list()).totalCount
    await mutate('createProvider', { name: taken.name, type: 'OPENAI', baseUrl: 'https://api.example.com/v1' })
    await mutate('createProvider', { name: SECRET.toUpperCase(), type: 'OPENAI', baseUrl: 'https://api.example.com/v1' })
    await mutate('deleteProvider', { provider: { name: SECRET } })
    await mutate('updateProvider', { provider: { uuid: taken.uuid }, expectedVersion: 99 })
    const { nodes, totalCount } = await list({ first: 4 })
    expect(totalCount).toBe(before + 4)
    expect(nodes.map(({ action, subject, changes }) => ({ action, subject: subject.id, ...changes }))).toEqual([
      { action: 'PROVIDER_CHANGE_REFUSED', subject: taken.uuid, operation: 'updateProvider', code: 'VERSION_CONFLICT' },
      { action: 'PROVIDER_CHANGE_REFUSED', subject: null, operation: 'deleteProvider', code: 'PROVIDER_NOT_FOUND' },
      { action: 'PROVIDER_CHANGE_REFUSED', subject: null, operation: 'createProvider', code: 'VALIDATION_FAILED' },
      { action: 'PROVIDER_CHANGE_REFUSED', subject: taken.uuid, operation: 'createProvider', code: 'PROVIDER_NAME_TAKEN' },
    ])
    expect(JSON.stringify(nodes).toLowerCase()).not.toContain(SECRET)
  })

  test('tells who tried what their role does not allow, over GraphQL and over a dialect', async () => {
    const viewer = await gateway.createToken('VIEWER')
    const provider = await writerOf(gateway).created({})
    expect((await mutate('deleteProvider', { provider: { id: provider.id } }, viewer.value)).status).toBe(403)
    const path = `/api/v2/ai/providers/${provider.name}`
    const headers = { authorization: `Bearer ${viewer.value}` }
    expect((await gateway.fetch(path, { method: 'DELETE', headers })).status).toBe(403)
    expect((await gateway.fetch(`/respan/api/providers/${provider.name}/`, { method: 'PUT', headers })).status).toBe(403)
    // Whoever only asks to read has tried to change nothing.
    const { token } = await gateway.ask<{ token: { value: string } }>(
      'mutation { token: createAccessToken(input: { name: "caller", role: CALLER, calls: {} }) { ... on CreateAccessTokenPayload { value } } }',
    )
    expect((await gateway.fetch(path, { headers: { authorization: `Bearer ${token.value}` } })).status).toBe(403)
    const revoked = await gateway.graphql(
      'mutation ($id: ID!) { revokeAccessToken(input: { id: $id }) { __typename } }',
      { id: viewer.id },
      viewer.value,
    )
    expect(revoked.status).toBe(403)
    const { nodes } = await list({ first: 5, since: now.toISOString() })
    expect(nodes).toMatchObject([
      {
        action: 'ACCESS_TOKEN_CHANGE_REFUSED',
        subject: { id: expect.stringContaining('-'), name: 'test viewer' },
        changes: { operation: 'revokeAccessToken', code: 'FORBIDDEN' },
      },
      { action: 'ACCESS_TOKEN_CREATED' },
      { action: 'PROVIDER_CHANGE_REFUSED', channel: 'RESPAN', subject: { id: provider.uuid } },
      {
        action: 'PROVIDER_CHANGE_REFUSED',
        channel: 'CODER',
        subject: { id: provider.uuid, name: provider.name, provider: { id: provider.id } },
        changes: { operation: 'deleteProvider', code: 'FORBIDDEN' },
      },
      { action: 'PROVIDER_CHANGE_REFUSED', channel: 'GRAPHQL', subject: { id: provider.uuid }, changes: { operation: 'deleteProvider' } },
    ])
    expect(nodes[0]?.actor).toMatchObject({ kind: 'TOKEN', name: 'test viewer', token: { id: viewer.id } })
  })

  test('keeps what a token may not do from filling it', async () => {
    const viewer = await gateway.token('VIEWER')
    const before = (await list()).totalCount
    const attempts = Array.from({ length: 80 }, () => mutate('deleteProvider', { provider: { name: uniqueName() } }, viewer))
    expect((await Promise.all(attempts)).every(({ status }) => status === 403)).toBe(true)
    expect((await list()).totalCount).toBe(before + 60)
  })

  test.each([
    ['VALIDATION_FAILED', 'createProvider', () => ({ name: 'Not A Name', type: 'OPENAI', baseUrl: 'https://api.example.com' })],
    ['PROVIDER_NOT_FOUND', 'deleteProvider', () => ({ provider: { name: uniqueName() } })],
  ] as const)('keeps 60 refusals with %s of a token in a minute, and the log has the others', async (code, operation, input) => {
    const editor = await gateway.token('EDITOR')
    const before = (await list()).totalCount
    lines = []
    const attempts = Array.from({ length: 70 }, () => mutate(operation, input(), editor))
    expect((await Promise.all(attempts)).every(({ text }) => text.includes(code))).toBe(true)
    expect((await list()).totalCount).toBe(before + 60)
    expect(lines.filter((line) => line.includes(`Refused ${operation} with ${code}`)).length).toBe(10)
    // Another kind is not hidden by the flood of this one.
    await gateway.graphql(
      'mutation ($id: ID!) { revokeAccessToken(input: { id: $id }) { __typename } }',
      { id: Buffer.from('AccessToken:none').toString('base64') },
      editor,
    )
    expect((await list()).totalCount).toBe(before + 61)
  })

  test('leaves nothing of a request that changed nothing and was not refused', async () => {
    const before = (await list()).totalCount
    await gateway.ask('{ providers { totalCount } }')
    await gateway.ask('query ($input: CreateProviderInput!) { checkProvider(input: $input) { rule } }', {
      input: { name: 'Not A Name', type: 'OPENAI', baseUrl: 'https://api.example.com' },
    })
    expect((await list()).totalCount).toBe(before)
  })
})
