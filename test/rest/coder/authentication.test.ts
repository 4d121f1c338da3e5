import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { coderDialect } from '../../../src/rest/coder/routes.ts'
import { coderClient, newProvider, PROVIDERS } from '../../support/coder-client.ts'
import { useGateway } from '../../support/use.ts'

let now = new Date()
const gateway = useGateway({ clock: () => now })
const client = coderClient(gateway)

const SIGNED_OUT = 'You are signed out or your session has expired. Please sign in again to continue.'

describe('authentication (Coder contract, section 7)', () => {
  it('takes the token from Coder-Session-Token, or as Bearer in any case', async () => {
    for (const headers of [
      { 'coder-session-token': gateway.adminToken },
      { authorization: `Bearer ${gateway.adminToken}` },
      { authorization: `bearer  ${gateway.adminToken} ` },
      { 'coder-session-token': '', authorization: `Bearer ${gateway.adminToken}` },
    ])
      expect((await client.send('GET', PROVIDERS, { token: null, headers })).status).toBe(200)
  })

  it('uses the first carrier that is not empty, and does not try the next when it is wrong', async () => {
    const headers = { 'coder-session-token': 'wrong', authorization: `Bearer ${gateway.adminToken}` }
    expect((await client.send('GET', PROVIDERS, { token: null, headers })).status).toBe(401)
  })

  it('takes no token from a cookie or a query', async () => {
    const cookie = { cookie: `coder_session_token=${gateway.adminToken}` }
    expect((await client.send('GET', PROVIDERS, { token: null, headers: cookie })).status).toBe(401)
    for (const name of ['coder_session_token', 'access_token'])
      expect((await client.send('GET', `${PROVIDERS}?${name}=${gateway.adminToken}`, { token: null })).status).toBe(401)
  })

  const id = 'a'.repeat(10)
  const secret = 'b'.repeat(43)
  it.each([
    ['none', null, 'Header "Coder-Session-Token" or "Authorization: Bearer" must be provided.'],
    ['one part', 'abc', 'Invalid API key format: incorrect amount of API key parts, expected 3 got 1'],
    ['two parts', 'gw_abc', 'Invalid API key format: incorrect amount of API key parts, expected 3 got 2'],
    ['a short id', `gw_abc_${secret}`, 'Invalid API key format: invalid API key ID length, expected 10 got 3'],
    ['a short secret', `gw_${id}_ab_c`, 'Invalid API key format: invalid API key secret length, expected 43 got 4'],
    ['an unknown id', `gw_${id}_${secret}`, 'API key is invalid.'],
  ])('answers 401 with a detail for %s', async (_what, token, detail) => {
    const answer = await client.send('GET', PROVIDERS, { token })
    expect([answer.status, answer.body]).toEqual([401, { message: SIGNED_OUT, detail }])
    const challenge = answer.headers.get('www-authenticate')
    expect(challenge).toMatch(token === null ? /^Bearer realm="coder"$/ : /^Bearer realm="coder", error="invalid_token"/)
  })

  it('does not tell a wrong secret or a revoked token from an unknown id', async () => {
    const token = await gateway.createToken('VIEWER')
    const wrong = `${token.value.slice(0, -43)}${secret}`
    await gateway.ask('mutation ($id: ID!) { revokeAccessToken(input: { id: $id }) { __typename } }', { id: token.id })
    for (const refused of [wrong, token.value])
      expect((await client.send('GET', PROVIDERS, { token: refused })).body.detail).toBe('API key is invalid.')
  })

  it('says when a token expired', async () => {
    const expiresAt = new Date(Date.now() + 60_000)
    const { value } = await gateway.createToken('VIEWER', expiresAt)
    expect((await client.send('GET', PROVIDERS, { token: value })).status).toBe(200)
    now = new Date(expiresAt.getTime() + 1)
    const answer = await client.send('GET', PROVIDERS, { token: value })
    expect([answer.status, answer.body.detail]).toEqual([401, `API key expired at "${expiresAt.toISOString()}".`])
    now = new Date()
  })
})

describe('authorization', () => {
  const FORBIDDEN = {
    message: 'Forbidden.',
    detail:
      "You don't have permission to view this content. If you believe this is a mistake, please contact your administrator or try signing in with different credentials.",
  }
  const READS = ['listProviders', 'getProvider', 'getMe', 'getEntitlements', 'getBuildInfo', 'openapi']
  const roles = ['VIEWER', 'EDITOR', 'ADMIN'] as const

  it.each(coderDialect.routes.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s lets in exactly those that it should',
    async (_what, route) => {
      const { name } = await client.created()
      const path = route.path.replace(':idOrName', name)
      const body = route.method === 'POST' ? newProvider() : { enabled: false }
      const ask = async (token: string | null) => client.send(route.method, path, { token, ...(route.maxBodyBytes > 0 ? { body } : {}) })
      expect((await ask(null)).status).toBe(401)
      expect((await ask('wrong')).status).toBe(401)
      // Weakest first: the strongest may delete the provider.
      for (const role of roles) {
        const answer = await ask(await gateway.token(role))
        if (role === 'VIEWER' && !READS.includes(route.name)) expect([answer.status, answer.body]).toEqual([403, FORBIDDEN])
        else expect(answer.status).not.toSatisfy((status: number) => status === 401 || status === 403)
      }
    },
  )

  it('does not depend on the routes: the schema refuses a viewer every mutation and check of the dialect itself', async () => {
    const viewer = await gateway.token('VIEWER')
    const input = { type: 'OPENAI', name: 'viewers', baseUrl: 'https://x.example' }
    const ref = { provider: { name: 'viewers' } }
    const operations: [string, Record<string, unknown>][] = [
      ['mutation ($input: CreateProviderInput!) { createProvider(input: $input) { __typename } }', { input }],
      ['mutation ($input: UpdateProviderInput!) { updateProvider(input: $input) { __typename } }', { input: ref }],
      ['mutation ($input: DeleteProviderInput!) { deleteProvider(input: $input) { __typename } }', { input: ref }],
      ['mutation ($input: TestConnectionInput!) { testConnection(input: $input) { __typename } }', { input: { saved: ref } }],
      ['query ($input: CreateProviderInput!) { checkProvider(input: $input) { rule } }', { input }],
    ]
    for (const [query, variables] of operations)
      expect((await gateway.graphql(query, variables, viewer)).body.errors?.[0]?.extensions.code).toBe('FORBIDDEN')
    // Three queries need no more than a viewer; a new document of the dialect belongs into one of the two lists.
    const documents = readdirSync('src/rest/coder/operations').filter((file) => !file.startsWith('provider-fields'))
    expect(documents).toHaveLength(operations.length + 3)
  })
})
