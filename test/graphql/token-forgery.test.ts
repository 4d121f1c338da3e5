import { randomUUID } from 'node:crypto'
import { renameSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { digestToken, generateToken } from '../../src/auth/token.ts'
import { generateKeyText } from '../../src/crypto/keyring.ts'
import type { AccessToken } from '../../src/generated/prisma-sqlite/client.ts'
import { Prisma } from '../../src/generated/prisma-sqlite/client.ts'
import { runCommand, runJson } from '../support/command-line.ts'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'
import { withStore } from '../support/store.ts'
import { testDatabaseKind } from '../support/test-database.ts'

const REVOKE = `mutation ($id: ID!) { result: revokeAccessToken(input: { id: $id }) {
  __typename ... on RevokeAccessTokenPayload { token { id } } ... on ValidationError { issues { message } } } }`
const [OLD, NEW] = [generateKeyText(), generateKeyText()]

let gateway: TestGateway
let lines: string[] = []
const start = async (environment: Readonly<Record<string, string>> = {}) => {
  lines = []
  gateway = await startTestGateway({ environment, log: (line) => lines.push(line) })
}

const statusOf = async (token: string) => (await gateway.graphql('{ viewer { role } }', {}, token)).status
const rowOf = (token: string) =>
  withStore(gateway, (store) => store.accessToken.findUniqueOrThrow({ where: { lookupId: digestToken(token).lookupId } }))
/**
 * Writes into the row as somebody would who reaches the database alone. Until the data changes in a way that gateways see, they
 * go by what they have verified; so that it does, the revision is raised.
 */
const alter = ({ number }: AccessToken, data: Prisma.AccessTokenUncheckedUpdateInput) =>
  withStore(gateway, async (store) => {
    await store.accessToken.update({ where: { number }, data })
    await store.revision.update({ where: { id: 1 }, data: { value: { increment: 1 } } })
  })
const stored = ({ calls, ...row }: AccessToken) => ({ ...row, calls: calls ?? Prisma.DbNull })
/** An attacker's own row of an admin; the attacker knows the token. */
async function forge(more: Partial<Prisma.AccessTokenUncheckedCreateInput> = {}): Promise<string> {
  const token = generateToken()
  const row = { id: randomUUID(), ...digestToken(token), name: 'forged', role: 'ADMIN', source: 'API', createdAt: new Date() } as const
  await withStore(gateway, (store) => store.accessToken.create({ data: { ...row, ...more } }))
  return token
}

describe('the row of a token', () => {
  beforeAll(() => start({ METRICS_PORT: '0', LOGIN_FAILURES_PER_MINUTE: '0' }))
  afterAll(() => gateway.close())

  const attacker = generateToken()
  const changes: Readonly<Record<string, Prisma.AccessTokenUncheckedUpdateInput>> = {
    id: { id: randomUUID() },
    lookupId: digestToken(attacker),
    secretDigest: { secretDigest: digestToken(attacker).secretDigest },
    name: { name: 'somebody else' },
    role: { role: 'ADMIN' },
    calls: { calls: { models: ['*'] } },
    source: { source: 'BOOTSTRAP' },
    createdAt: { createdAt: new Date(0) },
    expiresAt: { expiresAt: new Date('2099-01-01T00:00:00.001Z') },
    revokedAt: { revokedAt: new Date() },
    mac: { mac: 'A'.repeat(43) },
    kid: { kid: null },
  }
  const FREE = ['number', 'lastUsedAt']

  test('has no column that is neither authenticated nor known to decide nothing', () => {
    expect([...Object.keys(changes), ...FREE].sort()).toEqual(Object.keys(Prisma.AccessTokenScalarFieldEnum).sort())
  })

  test.each(Object.entries(changes))(
    'is refused when %s was changed in the database, and works again when it is put back',
    async (_column, data) => {
      const token = await gateway.token('VIEWER')
      const before = await rowOf(token)
      expect(await statusOf(token)).toBe(200)
      await alter(before, data)
      // Whichever of the two secrets the changed row belongs to now.
      expect([await statusOf(token), await statusOf(attacker.replace(/_\w{10}_/, `_${before.lookupId}_`))]).toEqual([401, 401])
      expect(await statusOf(attacker)).toBe(401)
      await alter(before, stored(before))
      expect(await statusOf(token)).toBe(200)
      // The lookup id is unique: the next case uses it too.
      await withStore(gateway, (store) => store.accessToken.delete({ where: { number: before.number } }))
    },
  )

  test('may say that it was used at another time', async () => {
    const token = await gateway.token('VIEWER')
    await alter(await rowOf(token), { lastUsedAt: new Date(0) })
    expect(await statusOf(token)).toBe(200)
  })

  test.each([
    ['no MAC', async () => ({})],
    ['the MAC of another row', async () => rowOf(gateway.adminToken).then(({ mac, kid }) => ({ mac, kid }))],
    ['a MAC of nothing', async () => rowOf(gateway.adminToken).then(({ kid }) => ({ mac: '', kid }))],
  ])('that was inserted with %s is refused, logged by its id, and counted', async (_what, more) => {
    const token = await forge(await more())
    const { id } = await rowOf(token)
    const count = async () => Number(/^gateway_unverified_tokens_total (\d+)$/m.exec(await metrics())?.[1])
    const before = await count()
    expect(await statusOf(token)).toBe(401)
    expect(await count()).toBe(before + 1)
    const logged = lines.map((line): Record<string, unknown> => JSON.parse(line)).filter(({ tokenId }) => tokenId === id)
    expect(logged).toEqual([expect.objectContaining({ msg: expect.stringContaining('gateway keys verify') })])
  })

  test('does not verify in the place of another one', async () => {
    const [viewer, admin] = [await gateway.token('VIEWER'), await gateway.token('ADMIN')]
    const [low, high] = [await rowOf(viewer), await rowOf(admin)]
    const moved = { lookupId: low.lookupId, secretDigest: low.secretDigest }
    await alter(low, { lookupId: 'parked' })
    await alter(high, moved)
    expect(await statusOf(viewer)).toBe(401)
    await alter(high, { lookupId: high.lookupId, secretDigest: high.secretDigest })
    await alter(low, { ...moved, role: high.role, mac: high.mac })
    expect([await statusOf(viewer), await statusOf(admin)]).toEqual([401, 200])
  })

  test('that was revoked stays refused when the revocation is taken out', async () => {
    const { id, value } = await gateway.createToken('VIEWER')
    await gateway.ask(REVOKE, { id })
    const row = await rowOf(value)
    expect(row.mac).not.toBeNull()
    await alter(row, { revokedAt: null })
    expect(await statusOf(value)).toBe(401)
  })

  const metrics = async () => (await fetch(gateway.started.metricsUrl ?? '')).text()
})

describe('an admin that somebody wrote into the database', () => {
  beforeEach(() => start())
  afterEach(() => gateway.close())

  test('is not another admin when the last one is revoked, and can always be revoked itself', async () => {
    const forged = await rowOf(await forge())
    const globalIdOf = ({ id }: AccessToken) => Buffer.from(`AccessToken:${id}`).toString('base64')
    const refused = await gateway.graphql(REVOKE, { id: globalIdOf(await rowOf(gateway.adminToken)) })
    expect(refused.text).toContain('last valid admin token')
    const globalId = globalIdOf(forged)
    expect(await gateway.ask(REVOKE, { id: globalId })).toMatchObject({ result: { token: { id: globalId } } })
    expect(await withStore(gateway, (store) => store.accessToken.findUniqueOrThrow({ where: { id: forged.id } }))).toMatchObject({
      revokedAt: expect.any(Date),
      mac: null,
    })
  })

  test('does not keep a start from making the first token', async () => {
    await forge()
    expect((await gateway.restart({ ADMIN_TOKEN: '' })).admin).toEqual({ kind: 'created', token: expect.stringMatching(/^gw_/) })
    expect((await gateway.restart({ ADMIN_TOKEN: '' })).admin).toEqual({ kind: 'ready' })
  })

  test.each([
    ['a weaker role', { role: 'VIEWER' }],
    ['an expiry', { expiresAt: new Date(0) }],
    ['a revocation', { revokedAt: new Date(0) }],
    ['another secret', { secretDigest: '0'.repeat(64) }],
  ] as const)('cannot spoil ADMIN_TOKEN with %s: its row is made anew from the setting', async (_what, data) => {
    await alter(await rowOf(gateway.adminToken), data)
    expect(await statusOf(gateway.adminToken)).toBe(401)
    expect((await gateway.restart()).admin).toEqual({ kind: 'ready' })
    expect(await gateway.ask('{ viewer { role } }')).toEqual({ viewer: { role: 'ADMIN' } })
  })

  test('is told by the command line', async () => {
    const { id } = await rowOf(await forge())
    const run = (...argv: string[]) => runCommand(argv, { environment: { PORT: '0', ...gateway.shared } })
    expect(await run('keys', 'verify')).toMatchObject({ exitCode: 1, errors: expect.stringContaining('1 access token does not verify') })
    expect((await run('keys', 'status')).output).toContain('1 access token does not verify')
    expect(await run('doctor')).toMatchObject({ exitCode: 1, output: expect.stringMatching(/TODO +access tokens/) })
    expect((await run('tokens', 'list')).output).not.toContain('forged')
    const listed = await runJson<{ id: string; state: string }[]>(['tokens', 'list', '--all'], { environment: gateway.shared })
    expect(listed.find((token) => token.id === id)?.state).toBe('unverified')
  })
})

describe('without the encryption keys', () => {
  beforeEach(() => start())
  afterEach(() => gateway.close())

  const withoutKeys = async (...argv: string[]) => {
    const aside = `${gateway.keyFile}.aside`
    if (testDatabaseKind === 'sqlite') renameSync(gateway.keyFile, aside)
    const result = await runCommand(argv, { environment: { DATABASE_URL: gateway.databaseUrl } })
    if (testDatabaseKind === 'sqlite') renameSync(aside, gateway.keyFile)
    return result
  }

  test('tokens create is refused and says what is missing', async () => {
    const { exitCode, output, errors } = await withoutKeys('tokens', 'create', '--name', 'x', '--role', 'viewer')
    expect([exitCode, output, errors]).toEqual([78, '', expect.stringMatching(/ENCRYPTION_KEYS/)])
  })

  test('tokens revoke keeps the last admin token, beside which a row without a MAC is none, and ends ADMIN_TOKEN over a restart', async () => {
    await forge()
    const refused = await withoutKeys('tokens', 'revoke', gateway.adminToken)
    expect(refused).toMatchObject({ exitCode: 1, errors: expect.stringContaining('last valid admin token') })
    await gateway.token('ADMIN')
    expect(await withoutKeys('tokens', 'revoke', gateway.adminToken)).toMatchObject({ exitCode: 0 })
    expect((await gateway.restart()).admin).toEqual({ kind: 'configured-token-revoked' })
    expect(await statusOf(gateway.adminToken)).toBe(401)
  })

  test('tokens revoke works, for good, and is no finding of keys verify', async () => {
    const token = await gateway.token('EDITOR')
    expect(await withoutKeys('tokens', 'revoke', token)).toMatchObject({ exitCode: 0 })
    expect(await statusOf(token)).toBe(401)
    const row = await rowOf(token)
    await alter(row, { revokedAt: null })
    expect(await statusOf(token)).toBe(401)
    await alter(row, { revokedAt: row.revokedAt })
    expect(await runCommand(['keys', 'verify'], { environment: gateway.shared })).toMatchObject({ exitCode: 0 })
    expect(await withoutKeys('tokens', 'list', '--all')).toMatchObject({ exitCode: 0, output: expect.stringContaining('revoked') })
  })
})

describe('keys rotate and retire', () => {
  interface Rotated {
    readonly tokens: { readonly renewed: number; readonly unverified: number; readonly dropped: number; readonly remaining: number }
  }
  beforeEach(() => start({ ENCRYPTION_KEYS: OLD }))
  afterEach(() => gateway.close())

  const both = () => ({ environment: { ...gateway.shared, ENCRYPTION_KEYS: `${NEW},${OLD}` } })
  const oldKid = async () => (await runJson<{ kid: string }[]>(['keys', 'status'], both()))[1]?.kid ?? ''
  const retire = async () => runCommand(['keys', 'retire', '--json', '--', await oldKid()], both())

  test('bring genuine tokens under the new key; the old key, and a row of before a revocation, are good for nothing any more', async () => {
    const [token, revoked] = [await gateway.token('EDITOR'), await gateway.createToken('VIEWER')]
    const before = await rowOf(revoked.value)
    await gateway.ask(REVOKE, { id: revoked.id })
    const after = await rowOf(revoked.value)
    // What was authentic once is so again, as docs/security.md says.
    await alter(after, stored(before))
    expect(await statusOf(revoked.value)).toBe(200)
    await alter(after, stored(after))
    await gateway.restart({ ENCRYPTION_KEYS: `${NEW},${OLD}` })
    expect(await retire()).toMatchObject({ exitCode: 1, errors: expect.stringContaining('3 access tokens are still under this key') })
    await expect(gateway.restart({ ENCRYPTION_KEYS: NEW })).rejects.toThrow('3 access tokens')
    await gateway.restart({ ENCRYPTION_KEYS: `${NEW},${OLD}` })
    expect((await runJson<Rotated>(['keys', 'rotate'], both())).tokens).toEqual({ renewed: 3, unverified: 0, dropped: 0, remaining: 0 })
    expect(await statusOf(token)).toBe(200)
    expect(await retire()).toMatchObject({ exitCode: 0 })
    await gateway.restart({ ENCRYPTION_KEYS: NEW })
    expect([await statusOf(token), await statusOf(revoked.value)]).toEqual([200, 401])
    await alter(after, { revokedAt: null })
    expect(await statusOf(revoked.value)).toBe(401)
    await alter(after, stored(before))
    expect(await statusOf(revoked.value), 'the row of before, under the old key').toBe(401)
  })

  test('make no forged token genuine, and delete it only when told to', async () => {
    const token = await gateway.token('VIEWER')
    await alter(await rowOf(token), { role: 'ADMIN' })
    const bare = await forge()
    await gateway.restart({ ENCRYPTION_KEYS: `${NEW},${OLD}` })
    const rotated = await runCommand(['keys', 'rotate', '--json'], both())
    expect(rotated).toMatchObject({ exitCode: 1, errors: expect.stringContaining('--drop-unverified') })
    expect(JSON.parse(rotated.output).tokens).toEqual({ renewed: 1, unverified: 2, dropped: 0, remaining: 1 })
    expect([await statusOf(token), await statusOf(bare)]).toEqual([401, 401])
    expect(await retire()).toMatchObject({ exitCode: 1, errors: expect.stringContaining('--drop-unverified') })
    expect((await runJson<Rotated>(['keys', 'rotate', '--drop-unverified'], both())).tokens).toMatchObject({ dropped: 2, remaining: 0 })
    expect(await withStore(gateway, (store) => store.accessToken.count())).toBe(1)
    expect(await retire()).toMatchObject({ exitCode: 0 })
    expect(await statusOf(gateway.adminToken)).toBe(200)
  })
})
