import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { coderDialect } from '../../../src/rest/coder/routes.ts'
import { coderClient, newProvider } from '../../support/coder-client.ts'
import { useGateway } from '../../support/use.ts'

/** What Coder's Terraform provider and SDK ask for to be configured, in the order in which the provider asks. */
const ME = '/api/v2/users/me'
const ENTITLEMENTS = '/api/v2/entitlements'
const BUILD_INFO = '/api/v2/buildinfo'
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

const gateway = useGateway()
const client = coderClient(gateway)
const read = async (path: string, token?: string | null) => {
  const { status, text } = await client.send('GET', path, token === undefined ? {} : { token })
  return { status, body: JSON.parse(text) }
}

let editor: string
beforeAll(async () => {
  editor = await gateway.token('EDITOR')
})

describe("a start of Coder's Terraform provider", () => {
  it('finds a default organization, then no licence, and works with providers', async () => {
    const me = await read(ME, editor)
    expect(me.status).toBe(200)
    expect(me.body.organization_ids).toEqual([expect.stringMatching(UUID)])
    const entitlements = await read(ENTITLEMENTS, editor)
    expect(entitlements).toEqual({
      status: 200,
      body: {
        features: {},
        warnings: [],
        errors: [],
        has_license: false,
        trial: false,
        require_telemetry: false,
        refreshed_at: '0001-01-01T00:00:00Z',
      },
    })
    const created = await client.send('POST', '/api/v2/ai/providers', { body: newProvider({ name: 'by-terraform' }), token: editor })
    expect(created.status).toBe(201)
  })

  it('is told the release of the gateway', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
    expect(await read(BUILD_INFO)).toMatchObject({ status: 200, body: { version: `v${version}`, external_url: '', telemetry: false } })
  })
})

describe('the user that a token is', () => {
  it('has an id of its own that stays, the name of the token, and its times', async () => {
    const { value, id } = await gateway.createToken('VIEWER')
    const { token } = await gateway.ask<{ token: { name: string; createdAt: string } }>(
      'query ($id: ID!) { token: node(id: $id) { ... on AccessToken { name createdAt } } }',
      { id },
    )
    const { body } = await read(ME, value)
    expect(body).toMatchObject({
      id: expect.stringMatching(UUID),
      name: token.name,
      created_at: token.createdAt,
      status: 'active',
      login_type: 'token',
      email: '',
      roles: [],
    })
    expect(Buffer.from(id, 'base64').toString()).toBe(`AccessToken:${body.id}`)
    expect((await read(ME, editor)).body.id).not.toBe(body.id)
    expect((await read(ME, value)).body).toMatchObject({ id: body.id, organization_ids: body.organization_ids })
  })

  it('is the owner when it is an admin, and nobody else is', async () => {
    expect((await read(ME)).body).toMatchObject({ roles: [{ name: 'owner', display_name: 'Owner' }] })
    for (const role of ['EDITOR', 'VIEWER'] as const) expect((await read(ME, await gateway.token(role))).body.roles).toEqual([])
  })

  it.each([
    ['Terraform (CI), EU', 'terraform-ci-eu'],
    ['--', 'token'],
    ['日本', 'token'],
    [`${'x'.repeat(31)} y`, 'x'.repeat(31)],
    ['x'.repeat(200), 'x'.repeat(32)],
  ])('called %s has the username %s', async (name, username) => {
    const create =
      'mutation ($input: CreateAccessTokenInput!) { result: createAccessToken(input: $input) { ... on CreateAccessTokenPayload { value } } }'
    const { result } = await gateway.ask<{ result: { value: string } }>(create, { input: { name, role: 'VIEWER' } })
    expect((await read(ME, result.value)).body).toMatchObject({ name, username })
  })

  it('is never that of another token of its role', async () => {
    const [one, other] = [await gateway.token('VIEWER'), await gateway.token('VIEWER')]
    const ids: string[] = []
    for (const token of [one, other, one, other]) ids.push((await read(ME, token)).body.id)
    expect(new Set(ids).size).toBe(2)
    expect(ids.slice(0, 2)).toEqual(ids.slice(2))
  })
})

describe.each([ME, ENTITLEMENTS, BUILD_INFO])('%s', (path) => {
  it('needs a token, in either header, of a viewer at least', async () => {
    expect((await read(path, null)).status).toBe(401)
    expect((await read(path, 'gw_wrong')).status).toBe(401)
    expect((await read(path, await gateway.token('CALLER'))).status).toBe(403)
    const bearer = await gateway.fetch(path, { headers: { authorization: `Bearer ${await gateway.token('VIEWER')}` } })
    expect(bearer.status).toBe(200)
  })

  it('is only read, and only at this path', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await client.send(method, path, { body: {} })
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET'])
    }
    for (const other of [`${path}/more`, `${path}%20`])
      expect((await client.send('GET', other)).body).toMatchObject({ message: 'Route not found.' })
    expect((await client.send('GET', `${path}?q=${'x'.repeat(4_000)}`)).status).toBe(200)
  })

  it('is described', () => {
    expect(coderDialect.openApi.paths[path]).toHaveProperty('get')
  })
})

it('tells of no other user', async () => {
  for (const path of ['/api/v2/users', '/api/v2/users/other', '/api/v2/users/%6de', '/api/v2/users/me/keys', '/api/v2/organizations'])
    expect((await client.send('GET', path)).status).toBe(404)
})
