import { describe, expect, test } from 'vitest'
import { digestToken } from '../../src/auth/token.ts'
import { runCommand } from '../support/command-line.ts'
import { type Issue, uniqueName, writerOf } from '../support/providers.ts'
import { auditEvents, withStore } from '../support/store.ts'
import { useGateway } from '../support/use.ts'

interface Scope {
  readonly providers: readonly { readonly name: string }[] | null
  readonly models: readonly string[] | null
  readonly requestsPerMinute: number | null
  readonly tokensPerDay: number | null
}
interface Token {
  readonly id: string
  readonly name: string
  readonly prefix: string
  readonly expiresAt: string | null
  readonly calls: Scope | null
}
interface Result {
  readonly result: { readonly value?: string; readonly token?: Token | null; readonly code?: string; readonly issues?: readonly Issue[] }
}

const SCOPE = '{ providers { name } models requestsPerMinute tokensPerDay }'
const TOKEN = `{ id name prefix expiresAt calls ${SCOPE} }`
const CREATE = `mutation ($input: CreateAccessTokenInput!) { result: createAccessToken(input: $input) {
  ... on CreateAccessTokenPayload { value token ${TOKEN} } ... on ValidationError { code issues { path rule message } } } }`
const UPDATE = `mutation ($input: UpdateAccessTokenInput!) { result: updateAccessToken(input: $input) {
  ... on UpdateAccessTokenPayload { token ${TOKEN} } ... on ValidationError { code issues { path rule message } } } }`
const VIEWER = `{ viewer { role calls ${SCOPE} token { prefix calls ${SCOPE} } } }`
const EVERYTHING: Scope = { providers: null, models: null, requestsPerMinute: null, tokensPerDay: null }
const gateway = useGateway({ environment: { LOGIN_FAILURES_PER_MINUTE: '0' } })

const create = async (input: Record<string, unknown>) =>
  (await gateway.ask<Result>(CREATE, { input: { name: 'tool', role: 'CALLER', ...input } })).result
const update = async (input: Record<string, unknown>) => (await gateway.ask<Result>(UPDATE, { input })).result
async function made(input: Record<string, unknown> = { calls: {} }): Promise<Token & { readonly value: string }> {
  const { token, value } = await create(input)
  if (token == null || value === undefined) throw new Error('The token was not made.')
  return { ...token, value }
}
const brokenRules = (issues: readonly Issue[] | undefined) => issues?.map(({ path, rule }) => `${path.join('.')} ${rule}`)
const rowOf = (value: string) =>
  withStore(gateway, (store) => store.accessToken.findUniqueOrThrow({ where: { lookupId: digestToken(value).lookupId } }))
const uuidOf = async (value: string) => (await rowOf(value)).id

describe('a call scope', () => {
  test('is null for a token that was made without one, whatever its role', async () => {
    for (const role of ['VIEWER', 'EDITOR', 'ADMIN'] as const) {
      const { viewer } = await gateway.ask<{ viewer: object }>(VIEWER, {}, await gateway.token(role))
      expect(viewer).toMatchObject({ role, calls: null, token: { calls: null } })
    }
    expect((await gateway.ask<{ viewer: object }>(VIEWER)).viewer).toMatchObject({ calls: null })
  })

  test('that limits nothing is every call, and a caller cannot be made without one', async () => {
    const { value, calls, prefix } = await made({ calls: {} })
    expect(calls).toEqual(EVERYTHING)
    expect(prefix).toBe(value.slice(0, 13))
    expect(await gateway.ask(VIEWER, {}, value)).toEqual({
      viewer: { role: 'CALLER', calls: EVERYTHING, token: { prefix, calls: EVERYTHING } },
    })
    expect(brokenRules((await create({})).issues)).toEqual(['calls REQUIRED'])
    expect(brokenRules((await create({ calls: null })).issues)).toEqual(['calls REQUIRED'])
  })

  test('is stored as it was asked for, and the token works: whatever order the database keeps its parts in', async () => {
    const provider = await writerOf(gateway).created({})
    const asked = {
      providers: [{ id: provider.id }, { name: provider.name }],
      models: ['gpt-*', 'o3', 'gpt-*'],
      requestsPerMinute: 60,
      tokensPerDay: 1e12,
    }
    const { value, calls } = await made({ role: 'VIEWER', calls: asked })
    const wanted = { providers: [{ name: provider.name }], models: ['gpt-*', 'o3'], requestsPerMinute: 60, tokensPerDay: 1e12 }
    expect(calls).toEqual(wanted)
    expect((await gateway.ask<{ viewer: object }>(VIEWER, {}, value)).viewer).toMatchObject({ calls: wanted })
    await gateway.restart()
    expect((await gateway.graphql('{ viewer { role } }', {}, value)).status).toBe(200)
    expect((await rowOf(value)).calls).toEqual({ version: 1, ...wanted, providers: [provider.uuid] })
  })

  test.each([
    ['an empty list of providers', { providers: [] }, ['calls.providers OUT_OF_RANGE']],
    ['101 providers', { providers: Array.from({ length: 101 }, () => ({ name: 'nobody' })) }, ['calls.providers OUT_OF_RANGE']],
    ['an unknown provider', { providers: [{ name: 'nobody' }] }, ['calls.providers.0 NOT_ALLOWED']],
    ['an empty list of models', { models: [] }, ['calls.models OUT_OF_RANGE']],
    ['101 models', { models: Array.from({ length: 101 }, (_, n) => `m${n}`) }, ['calls.models OUT_OF_RANGE']],
    [
      'models of blanks, none, too many and other characters',
      { models: ['', 'a b', 'x'.repeat(201), 'ä'] },
      [0, 1, 2, 3].map((n) => `calls.models.${n} OUT_OF_RANGE`),
    ],
    ['no requests', { requestsPerMinute: 0 }, ['calls.requestsPerMinute OUT_OF_RANGE']],
    ['more requests than anybody sends', { requestsPerMinute: 1_000_001 }, ['calls.requestsPerMinute OUT_OF_RANGE']],
    ['no tokens, part of one, too many', { tokensPerDay: 0.5 }, ['calls.tokensPerDay OUT_OF_RANGE']],
    ['more tokens than numbers tell apart', { tokensPerDay: 1e300 }, ['calls.tokensPerDay OUT_OF_RANGE']],
  ])('is refused with %s, when a token is made and when it is changed', async (_what, calls, rules) => {
    const { id } = await made()
    expect(brokenRules((await create({ calls })).issues)).toEqual(rules)
    expect(brokenRules((await update({ id, calls })).issues)).toEqual(rules)
  })

  test('does not pass to a new provider of an old name', async () => {
    const writer = writerOf(gateway)
    const [gone, stays] = [await writer.created({}), await writer.created({})]
    const { id } = await made({ calls: { providers: [{ id: gone.id }, { id: stays.id }] } })
    const left = async () =>
      (await gateway.ask<{ node: Token }>(`query ($id: ID!) { node(id: $id) { ... on AccessToken ${TOKEN} } }`, { id })).node.calls
        ?.providers
    await gateway.ask('mutation ($id: ID!) { deleteProvider(input: { provider: { id: $id } }) { __typename } }', { id: gone.id })
    expect(await left()).toEqual([{ name: stays.name }])
    for (const named of [{ id: gone.id }, { name: gone.name }])
      expect(brokenRules((await create({ calls: { providers: [named] } })).issues), 'gone').toEqual(['calls.providers.0 NOT_ALLOWED'])
    await writer.created({ name: gone.name })
    expect(await left()).toEqual([{ name: stays.name }])
    await gateway.ask('mutation ($id: ID!) { deleteProvider(input: { provider: { id: $id } }) { __typename } }', { id: stays.id })
    expect(await left()).toEqual([])
  })
})

describe('a caller', () => {
  test('reads nothing but itself: not the providers of its own scope, no node, also not its own', async () => {
    const provider = await writerOf(gateway).created({ name: uniqueName() })
    const { id, value } = await made({ calls: { providers: [{ id: provider.id }] } })
    for (const [query, variables] of [
      ['{ viewer { calls { providers { name } } } }', {}],
      ['{ providers { nodes { name } } }', {}],
      ['{ providerTypes { type } }', {}],
      ['query ($id: ID!) { node(id: $id) { id } }', { id: provider.id }],
      ['query ($id: ID!) { node(id: $id) { id } }', { id }],
    ] as const) {
      const { status, text, body } = await gateway.graphql(query, variables, value)
      expect([query, status, body.errors?.map(({ extensions }) => extensions.code)]).toEqual([query, 403, ['FORBIDDEN']])
      expect(text).not.toContain(provider.name)
    }
  })
})

describe('a token that is changed', () => {
  test('has its new name, end and calls at once, keeps its value, and the audit log has old and new', async () => {
    const provider = await writerOf(gateway).created({})
    const token = await made({ role: 'EDITOR', calls: { models: ['gpt-*'] } })
    const expiresAt = '2099-01-01T00:00:00.000Z'
    const { token: changed } = await update({
      id: token.id,
      name: 'renamed',
      expiresAt,
      calls: { providers: [{ id: provider.id }], requestsPerMinute: 5 },
    })
    const calls = { ...EVERYTHING, providers: [{ name: provider.name }], requestsPerMinute: 5 }
    expect(changed).toMatchObject({ id: token.id, name: 'renamed', expiresAt, calls, prefix: token.prefix })
    expect((await gateway.ask<{ viewer: object }>(VIEWER, {}, token.value)).viewer).toMatchObject({ role: 'EDITOR', calls })
    const [created, updated] = await auditEvents(gateway, await uuidOf(token.value))
    expect(created).toMatchObject({ action: 'access_token.created', changes: { calls: { models: ['gpt-*'] } } })
    expect(updated).toMatchObject({
      action: 'access_token.updated',
      changes: {
        name: { from: 'tool', to: 'renamed' },
        expiresAt: { from: null, to: expiresAt },
        calls: { from: { models: ['gpt-*'], providers: null }, to: { models: null, providers: [provider.uuid], requestsPerMinute: 5 } },
      },
    })
  })

  test('keeps what is left out, loses its end for null, and its calls likewise', async () => {
    const token = await made({ role: 'VIEWER', calls: {}, expiresAt: '2099-01-01T00:00:00.000Z' })
    expect((await update({ id: token.id, name: 'only the name' })).token).toMatchObject({ expiresAt: token.expiresAt, calls: EVERYTHING })
    expect((await update({ id: token.id, expiresAt: null })).token).toMatchObject({
      name: 'only the name',
      expiresAt: null,
      calls: EVERYTHING,
    })
    expect((await update({ id: token.id, calls: null })).token).toMatchObject({ name: 'only the name', calls: null })
    expect((await gateway.ask<{ viewer: object }>(VIEWER, {}, token.value)).viewer).toMatchObject({ calls: null })
  })

  test('writes no event when nothing changes', async () => {
    const token = await made({ calls: { models: ['a'] } })
    await update({ id: token.id })
    await update({ id: token.id, name: 'tool', calls: { models: ['a'] } })
    expect(await auditEvents(gateway, await uuidOf(token.value))).toHaveLength(1)
  })

  test('is refused with a caller without a scope, a blank name, an end in the past', async () => {
    const { id } = await made()
    expect(brokenRules((await update({ id, calls: null })).issues)).toEqual(['calls NOT_ALLOWED'])
    expect(brokenRules((await update({ id, name: ' ', expiresAt: '2000-01-01T00:00:00Z' })).issues)).toEqual([
      'name OUT_OF_RANGE',
      'expiresAt OUT_OF_RANGE',
    ])
    expect((await update({ id: Buffer.from('AccessToken:none').toString('base64'), name: 'x' })).token).toBeNull()
  })

  test('must be as the gateway wrote it, and not revoked', async () => {
    const [forged, revoked] = [await made({ role: 'VIEWER' }), await made()]
    const { number } = await rowOf(forged.value)
    await withStore(gateway, (store) => store.accessToken.update({ where: { number }, data: { role: 'ADMIN' } }))
    await gateway.ask('mutation ($id: ID!) { revokeAccessToken(input: { id: $id }) { __typename } }', { id: revoked.id })
    for (const { id } of [forged, revoked]) expect(brokenRules((await update({ id, calls: {} })).issues)).toEqual(['id NOT_ALLOWED'])
    expect((await gateway.graphql(VIEWER, {}, forged.value)).status).toBe(401)
  })

  test('leaves a row that verifies, also when it is changed and revoked at the same moment', async () => {
    const tokens = await Promise.all(Array.from({ length: 6 }, () => made()))
    await Promise.all(
      tokens.flatMap(({ id }, n) => [
        gateway.graphql(UPDATE, { input: { id, name: `one ${n}` } }),
        gateway.graphql(UPDATE, { input: { id, calls: { requestsPerMinute: n + 1 } } }),
        ...(n % 2 === 0 ? [gateway.graphql('mutation ($id: ID!) { revokeAccessToken(input: { id: $id }) { __typename } }', { id })] : []),
      ]),
    )
    const statuses = await Promise.all(tokens.map(async ({ value }) => (await gateway.graphql(VIEWER, {}, value)).status))
    expect(statuses).toEqual([401, 200, 401, 200, 401, 200])
    const { output } = await runCommand(['tokens', 'list', '--all', '--json'], { environment: gateway.shared })
    const states: { id: string; state: string }[] = JSON.parse(output)
    for (const { value } of tokens) {
      const { id } = await rowOf(value)
      expect(['works', 'revoked']).toContain(states.find((state) => state.id === id)?.state)
    }
  })
})
