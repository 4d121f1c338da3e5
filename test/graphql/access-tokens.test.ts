import { describe, expect, test } from 'vitest'
import type { Issue } from '../support/providers.ts'
import { auditEvents, countAuditEvents, everythingStored } from '../support/store.ts'
import { useGateway } from '../support/use.ts'

let now = new Date('2026-06-01T10:00:00Z')
const gateway = useGateway({ clock: () => now })

const VIEWER = '{ viewer { role token { id name role expiresAt revokedAt } } }'
const NODE = 'query ($id: ID!) { node(id: $id) { ... on AccessToken { id name role revokedAt } } }'
const CREATE = `mutation ($input: CreateAccessTokenInput!) { result: createAccessToken(input: $input) {
  ... on CreateAccessTokenPayload { value token { id name role expiresAt lastUsedAt revokedAt } }
  ... on ValidationError { code issues { path rule message } } } }`
const REVOKE = `mutation ($id: ID!) { result: revokeAccessToken(input: { id: $id }) {
  ... on RevokeAccessTokenPayload { token { id revokedAt } }
  ... on ValidationError { code issues { path rule } } } }`

interface Created {
  readonly result: {
    readonly value?: string
    readonly token?: Record<string, unknown>
    readonly issues?: readonly Issue[]
    readonly code?: string
  }
}

async function refused(token: string | null, headers: Record<string, string> = {}): Promise<void> {
  const { status, body, headers: answered } = await gateway.graphql(VIEWER, {}, token, headers)
  expect(status).toBe(401)
  expect(body.data).toBeUndefined()
  expect(body.errors?.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED'])
  expect(answered.get('www-authenticate')).toBe('Bearer')
}

describe('signing in', () => {
  test('needs a token that exists, whole', async () => {
    const token = await gateway.token('VIEWER')
    await refused(null)
    await refused('gw_AAAAAAAAAA_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')
    await refused(token.slice(0, -1))
    await refused(`${token}x`)
    await refused(token.toUpperCase())
    const [, lookupId = ''] = token.split('_')
    await refused(`gw_${lookupId}_${'A'.repeat(43)}`)
  })

  test('takes a token from either header, the scheme in any case, and from no URL', async () => {
    const token = await gateway.token('VIEWER')
    for (const headers of [{ authorization: `bearer ${token}` }, { authorization: `BEARER   ${token}` }, { 'coder-session-token': token }])
      expect((await gateway.graphql(VIEWER, {}, null, headers)).status).toBe(200)
    await refused(null, { authorization: `Basic ${Buffer.from(`token:${token}`).toString('base64')}` })
    await refused(null, { authorization: token })
    await refused(null, { cookie: `coder_session_token=${token}` })
    const inUrl = await gateway.fetch(`/graphql?query={viewer{role}}&access_token=${token}&coder_session_token=${token}`)
    expect(inUrl.status).toBe(401)
  })

  test('a wrong token in the first header is not made good by a right one in the second', async () => {
    const token = await gateway.token('VIEWER')
    await refused(token, { 'coder-session-token': 'gw_AAAAAAAAAA_wrong' })
  })

  test('answers an unknown and a wrong token in the same words', async () => {
    const token = await gateway.token('VIEWER')
    const [, lookupId = ''] = token.split('_')
    const unknown = await gateway.graphql(VIEWER, {}, `gw_AAAAAAAAAA_${'A'.repeat(43)}`)
    const wrong = await gateway.graphql(VIEWER, {}, `gw_${lookupId}_${'A'.repeat(43)}`)
    expect(wrong.body.errors?.[0]?.message).toBe(unknown.body.errors?.[0]?.message)
  })
})

describe('what a viewer may see of tokens', () => {
  test('its own, through viewer and node', async () => {
    const { id, value } = await gateway.createToken('VIEWER')
    expect(await gateway.ask(VIEWER, {}, value)).toMatchObject({ viewer: { role: 'VIEWER', token: { id } } })
    expect(await gateway.ask(NODE, { id }, value)).toMatchObject({ node: { id, role: 'VIEWER' } })
  })

  test('no other, through node, nodes and the list', async () => {
    const [other, own] = [await gateway.createToken('ADMIN'), await gateway.createToken('VIEWER')]
    const direct = await gateway.graphql(NODE, { id: other.id }, own.value)
    expect(direct.status).toBe(403)
    expect(direct.body).toMatchObject({ data: { node: null }, errors: [{ extensions: { code: 'FORBIDDEN' } }] })
    const many = await gateway.graphql('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: [own.id, other.id] }, own.value)
    expect(many.body).toMatchObject({
      data: { nodes: [{ id: own.id }, null] },
      errors: [{ path: ['nodes', 1], extensions: { code: 'FORBIDDEN' } }],
    })
    const list = await gateway.graphql('{ accessTokens { nodes { id } } }', {}, own.value)
    expect(list.status).toBe(403)
    expect(list.text).not.toContain(other.id)
  })
})

describe('a token that stops working', () => {
  test('answers 401 from the moment of its expiry on', async () => {
    const expiresAt = new Date(now.getTime() + 60_000)
    const { value } = await gateway.createToken('EDITOR', expiresAt)
    now = new Date(expiresAt.getTime() - 1)
    expect(await gateway.ask(VIEWER, {}, value)).toMatchObject({ viewer: { token: { expiresAt: expiresAt.toISOString() } } })
    now = expiresAt
    await refused(value)
  })

  test('answers 401 at once when it is revoked, and is listed with the time', async () => {
    const { id, value } = await gateway.createToken('EDITOR')
    expect((await gateway.graphql(VIEWER, {}, value)).status).toBe(200)
    expect(await gateway.ask(REVOKE, { id })).toEqual({ result: { token: { id, revokedAt: now.toISOString() } } })
    await refused(value)
    expect(await gateway.ask('{ accessTokens(first: 100) { nodes { id revokedAt } } }')).toMatchObject({
      accessTokens: { nodes: expect.arrayContaining([{ id, revokedAt: now.toISOString() }]) },
    })
  })

  test('is revoked once: again changes nothing and writes no second event', async () => {
    const { id } = await gateway.createToken('VIEWER')
    const first = await gateway.ask(REVOKE, { id })
    now = new Date(now.getTime() + 1_000)
    const events = await countAuditEvents(gateway)
    expect(await gateway.ask(REVOKE, { id })).toEqual(first)
    expect(await countAuditEvents(gateway)).toBe(events)
  })

  test('is null when no token has the id, whatever the id looks like', async () => {
    const ids = ['AccessToken:6f0c1f6e-4f0e-4d4c-9f5e-0d1a2b3c4d5e', 'AccessToken:none', 'AccessToken:', 'Provider:none', ':', 'a\u0000b']
    for (const id of [...ids.map((text) => Buffer.from(text).toString('base64')), '', 'none', '6f0c1f6e-4f0e-4d4c-9f5e-0d1a2b3c4d5e'])
      expect([id, await gateway.ask(REVOKE, { id })]).toEqual([id, { result: { token: null } }])
  })
})

describe('the last valid admin token', () => {
  const alone = useGateway({ clock: () => now })
  const ownId = async (token?: string) => (await alone.ask<{ viewer: { token: { id: string } } }>(VIEWER, {}, token)).viewer.token.id

  test('cannot be revoked; revoked and expired ones do not count', async () => {
    const revoked = await alone.createToken('ADMIN')
    await alone.ask(REVOKE, { id: revoked.id })
    await alone.createToken('ADMIN', new Date(now.getTime() + 1_000))
    await alone.createToken('EDITOR')
    now = new Date(now.getTime() + 1_000)
    const { body } = await alone.graphql(REVOKE, { id: await ownId() })
    expect(body).toEqual({ data: { result: { code: 'VALIDATION_FAILED', issues: [{ path: ['id'], rule: 'NOT_ALLOWED' }] } } })
    expect((await alone.graphql(VIEWER)).status).toBe(200)
  })

  test('survives two admins that revoke each other at the same moment', async () => {
    const [first, second] = [await alone.createToken('ADMIN'), await alone.createToken('ADMIN')]
    await alone.ask(REVOKE, { id: await ownId() }, first.value)
    await Promise.all([alone.graphql(REVOKE, { id: first.id }, second.value), alone.graphql(REVOKE, { id: second.id }, first.value)])
    const statuses = [(await alone.graphql(VIEWER, {}, first.value)).status, (await alone.graphql(VIEWER, {}, second.value)).status]
    expect(statuses.sort()).toEqual([200, 401])
  })
})

describe('making a token', () => {
  test.each(['VIEWER', 'EDITOR'] as const)('is refused to a %s, whatever role it asks for', async (role) => {
    const token = await gateway.token(role)
    for (const wanted of ['VIEWER', 'EDITOR', 'ADMIN']) {
      const { status, body } = await gateway.graphql(CREATE, { input: { name: 'stronger', role: wanted } }, token)
      expect(status).toBe(403)
      expect(body.errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN'])
    }
  })

  test('refuses a blank or overlong name and an expiry in the past, all at once, and makes nothing', async () => {
    const [before, events] = [await gateway.ask('{ accessTokens { totalCount } }'), await countAuditEvents(gateway)]
    const { result } = await gateway.ask<Created>(CREATE, { input: { name: ' ', role: 'VIEWER', expiresAt: now.toISOString() } })
    expect(result).toMatchObject({
      code: 'VALIDATION_FAILED',
      issues: [
        { path: ['name'], rule: 'OUT_OF_RANGE' },
        { path: ['expiresAt'], rule: 'OUT_OF_RANGE' },
      ],
    })
    const long = await gateway.ask<Created>(CREATE, { input: { name: 'x'.repeat(201), role: 'VIEWER' } })
    expect(long.result.issues?.map(({ path }) => path)).toEqual([['name']])
    expect(await gateway.ask('{ accessTokens { totalCount } }')).toEqual(before)
    expect(await countAuditEvents(gateway)).toBe(events)
  })

  test('shows its value this once: no list, no log, no file and no audit event has it', async () => {
    const { result } = await gateway.ask<Created>(CREATE, { input: { name: 'x'.repeat(200), role: 'EDITOR' } })
    const value = result.value ?? ''
    expect(value).toMatch(/^gw_[A-Za-z0-9]{10}_[A-Za-z0-9_-]{43}$/)
    expect(JSON.stringify(result.token)).not.toContain(value)
    const secret = value.split('_').slice(2).join('_')
    const list = JSON.stringify(
      await gateway.ask('{ accessTokens(first: 100) { nodes { id name role createdAt lastUsedAt expiresAt revokedAt } } }'),
    )
    expect(list).not.toContain(secret)
    expect(await everythingStored(gateway)).not.toContain(secret)
  })

  test('and revoking it are in the audit log, with who did it and through what', async () => {
    const { id } = await gateway.createToken('EDITOR')
    await gateway.ask(REVOKE, { id })
    const uuid = Buffer.from(id, 'base64').toString().split(':')[1] ?? ''
    const own = await gateway.ask<{ viewer: { token: { id: string; name: string } } }>(VIEWER)
    const actorId = Buffer.from(own.viewer.token.id, 'base64').toString().split(':')[1]
    const actor = own.viewer.token.name
    expect(await auditEvents(gateway, uuid)).toMatchObject([
      { action: 'access_token.created', actorKind: 'TOKEN', actorId, actor, channel: 'graphql', changes: { role: 'EDITOR' } },
      { action: 'access_token.revoked', actorKind: 'TOKEN', actorId, actor, channel: 'graphql', changes: { role: 'EDITOR' } },
    ])
  })
})

test('the last use of a token is written down', async () => {
  const { id, value } = await gateway.createToken('VIEWER')
  await gateway.ask(VIEWER, {}, value)
  // Also when the token is known from memory.
  now = new Date(now.getTime() + 1_000)
  await gateway.ask(VIEWER, {}, value)
  const used = now.toISOString()
  await gateway.restart()
  expect(await gateway.ask('query ($id: ID!) { node(id: $id) { ... on AccessToken { lastUsedAt } } }', { id })).toEqual({
    node: { lastUsedAt: used },
  })
})
