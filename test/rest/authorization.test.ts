import { beforeAll, describe, expect, test } from 'vitest'
import { rootMounts } from '../../src/rest/mounts.ts'
import { useGateway } from '../support/use.ts'

const METRICS_TOKEN = 'metrics-token-that-opens-nothing-else'
const ROLES = ['CALLER', 'VIEWER', 'EDITOR', 'ADMIN'] as const
/** Whoever may ask for what needs a token: nobody has none, the others' tokens were valid once. */
const STRANGERS = ['nobody', 'revoked', 'expired', 'metrics'] as const
let now = new Date()
const tokens = new Map<string, string | null>([
  ['nobody', null],
  ['metrics', METRICS_TOKEN],
])
const gateway = useGateway({
  environment: { ROOT_DIALECT: 'bifrost', LOGIN_FAILURES_PER_MINUTE: '0', METRICS_TOKEN },
  clock: () => now,
})
beforeAll(async () => {
  for (const role of ROLES) tokens.set(role, await gateway.token(role))
  const revoked = await gateway.createToken('ADMIN')
  tokens.set('revoked', revoked.value)
  await gateway.ask('mutation ($id: ID!) { revokeAccessToken(input: { id: $id }) { __typename } }', { id: revoked.id })
  tokens.set('expired', (await gateway.createToken('ADMIN', new Date(now.getTime() + 60_000))).value)
  now = new Date(now.getTime() + 120_000)
})

async function statusOf(method: string, path: string, caller: string): Promise<number> {
  const token = tokens.get(caller) ?? null
  const headers = { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) }
  const response = await gateway.fetch(path, { method, headers, redirect: 'manual', ...(method === 'GET' ? {} : { body: '{}' }) })
  await response.arrayBuffer()
  return response.status
}

/** From the table of routes itself, so a new route is here from its first day. */
const routes = rootMounts('bifrost').flatMap(({ dialect, prefix }) =>
  dialect.routes.map(({ method, path, role }) => ({ method, path: prefix + path.replace(/:\w+/g, 'nobody-has-this-name'), role })),
)

describe('a route of a dialect', () => {
  test.each(routes)('$method $path lets in $role and above, and no stranger', async ({ method, path, role }) => {
    for (const stranger of STRANGERS) expect([stranger, await statusOf(method, path, stranger)]).toEqual([stranger, 401])
    for (const caller of ROLES) {
      const isAllowed = ROLES.indexOf(caller) >= ROLES.indexOf(role)
      const status = await statusOf(method, path, caller)
      if (isAllowed) expect([401, 403, 500]).not.toContain(status)
      else expect([caller, status]).toEqual([caller, 403])
    }
  })

  test('lets no caller in, and no viewer where it changes something', () => {
    expect(routes.filter(({ role }) => role === 'CALLER')).toEqual([])
    expect(routes.filter(({ method, role }) => method !== 'GET' && role === 'VIEWER')).toEqual([])
    expect(routes.length).toBeGreaterThan(30)
  })
})

describe('what is no route of a dialect', () => {
  test.each([
    ['/healthz', 200],
    ['/readyz', 200],
    ['/', 302],
    ['/nothing', 404],
  ])('%s answers everybody alike', async (path, status) => {
    for (const caller of [...STRANGERS, ...ROLES]) expect([caller, await statusOf('GET', path, caller)]).toEqual([caller, status])
  })

  test('/metrics lets in its own token alone', async () => {
    for (const caller of [...STRANGERS, ...ROLES])
      expect([caller, await statusOf('GET', '/metrics', caller)]).toEqual([caller, caller === 'metrics' ? 200 : 401])
  })

  test.each(['/api/unknown', '/bifrost/unknown', '/api/v2/ai/unknown'])('%s tells nobody more than that it is not there', async (path) => {
    for (const caller of [...STRANGERS, ...ROLES]) expect([401, 404]).toContain(await statusOf('GET', path, caller))
  })
})
