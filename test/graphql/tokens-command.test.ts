import { describe, expect, test } from 'vitest'
import { runCommand, runJson } from '../support/command-line.ts'
import { writerOf } from '../support/providers.ts'
import { tokenRow } from '../support/rows.ts'
import { withStore } from '../support/store.ts'
import { useGateway } from '../support/use.ts'

interface Made {
  readonly id: string
  readonly token: string
}
const gateway = useGateway()

const run = (...argv: string[]) => runCommand(['tokens', ...argv], { environment: gateway.shared })
const made = (...argv: string[]) => runJson<Made>(['tokens', 'create', ...argv], { environment: gateway.shared })
const statusOf = async (token: string) => (await gateway.graphql('{ viewer { role } }', {}, token)).status

describe('tokens create', () => {
  test('prints nothing but the token to standard output, and the running gateway takes it at once', async () => {
    const { exitCode, output, errors } = await run('create', '--name', 'ci', '--role', 'editor')
    expect([exitCode, output]).toEqual([0, expect.stringMatching(/^gw_[A-Za-z0-9]{10}_[\w-]{43}\n$/)])
    expect(errors).not.toContain(output.trim().slice(15))
    const viewer = { role: 'EDITOR', token: { name: 'ci' } }
    expect(await gateway.ask('{ viewer { role token { name } } }', {}, output.trim())).toEqual({ viewer })
  })

  test('is an audit event of the channel cli, by a principal that says so, without the token', async () => {
    const { id, token } = await made('--name', 'audited', '--role', 'viewer')
    const [event] = await withStore(gateway, (store) => store.auditEvent.findMany({ where: { subjectId: id } }))
    expect(event).toMatchObject({
      action: 'access_token.created',
      channel: 'cli',
      ...{ actorKind: 'COMMAND_LINE', actorId: expect.stringMatching(/^.+@.+$/), actor: 'command line' },
    })
    expect(JSON.stringify(event)).not.toContain(token.slice(14))
  })

  test('can say when the token ends', async () => {
    const { id } = await made('--name', 'short', '--role', 'viewer', '--expires-in', '2h')
    const row = await withStore(gateway, (store) => store.accessToken.findUniqueOrThrow({ where: { id } }))
    expect((row.expiresAt?.getTime() ?? 0) - row.createdAt.getTime()).toBeCloseTo(7_200_000, -4)
    const later = { environment: gateway.shared, clock: () => row.expiresAt ?? new Date() }
    const { output } = await runCommand(['tokens', 'list'], later)
    expect(output).toMatch(/^\d+ revoked, expired or unverified: add --all/m)
    expect(output).not.toContain(' short ')
    expect((await runCommand(['tokens', 'list', '--all'], later)).output).toMatch(/ short .* expired +none$/m)
  })

  test.each([
    ['no name', ['--role', 'editor']],
    ['no role', ['--name', 'x']],
    ['an unknown role', ['--name', 'x', '--role', 'owner']],
    ['a duration without a unit', ['--name', 'x', '--role', 'viewer', '--expires-in', '90']],
    ['something else', ['--name', 'x', '--role', 'viewer', 'more']],
  ])('with %s is wrong usage', async (_what, argv) => {
    const { exitCode, output, errors } = await run('create', ...argv)
    expect([exitCode, output]).toEqual([2, ''])
    expect(errors).toMatch(/^error: .+\nAdd --help/)
  })

  test('with a blank name is refused by the same rule as in the API', async () => {
    expect(await run('create', '--name', ' ', '--role', 'viewer')).toMatchObject({
      exitCode: 1,
      output: '',
      errors: expect.stringContaining('1 to 200 characters'),
    })
  })
})

describe('the calls of a token', () => {
  const SCOPE = '{ viewer { role calls { providers { name } models requestsPerMinute tokensPerDay } } }'
  const scopeOf = async (token: string) => (await gateway.ask<{ viewer: object }>(SCOPE, {}, token)).viewer
  const nothing = { providers: null, models: null, requestsPerMinute: null, tokensPerDay: null }

  test('are what --calls and its limits say, in the API and in the list', async () => {
    const { name } = await writerOf(gateway).created({})
    const limits = ['--models', 'gpt-*', 'o3', '--requests-per-minute', '60', '--tokens-per-day', '1000000']
    const { token } = await made('--name', 'app', '--role', 'viewer', '--calls', name, ...limits)
    const calls = { providers: [{ name }], models: ['gpt-*', 'o3'], requestsPerMinute: 60, tokensPerDay: 1_000_000 }
    expect(await scopeOf(token)).toEqual({ role: 'VIEWER', calls })
    expect((await run('list')).output).toContain(`${name}, gpt-* o3, 60/min, 1000000 tokens/day\n`)
    const listed = await runJson<{ prefix: string; calls: object }[]>(['tokens', 'list'], { environment: gateway.shared })
    expect(listed.find(({ prefix }) => prefix === token.slice(0, 13))?.calls).toMatchObject({ models: ['gpt-*', 'o3'] })
  })

  test('are every call for --calls alone, and a caller needs it', async () => {
    const { token } = await made('--name', 'caller', '--role', 'caller', '--calls')
    expect(await gateway.ask('{ viewer { role calls { models requestsPerMinute } } }', {}, token)).toMatchObject({
      viewer: { role: 'CALLER' },
    })
    expect((await run('list')).output).toMatch(new RegExp(`^${token.slice(0, 13)} +caller +caller .* all$`, 'm'))
    expect(await run('create', '--name', 'caller', '--role', 'caller')).toMatchObject({
      exitCode: 2,
      output: '',
      errors: expect.stringContaining('needs --calls'),
    })
  })

  test('change with the name and the end, and go with --no-calls', async () => {
    const { token } = await made('--name', 'old', '--role', 'viewer', '--expires-in', '2h')
    const start = token.slice(0, 13)
    expect(await run('update', start, '--name', 'new', '--no-expiry', '--calls', '--requests-per-minute', '5')).toMatchObject({
      exitCode: 0,
    })
    expect(await scopeOf(token)).toEqual({ role: 'VIEWER', calls: { ...nothing, requestsPerMinute: 5 } })
    expect((await run('list')).output).toMatch(new RegExp(`^${start} +new +viewer .* never +all, 5/min$`, 'm'))
    expect(await run('update', start, '--no-calls')).toMatchObject({ exitCode: 0, output: 'The token of "new" was changed.\n' })
    expect(await scopeOf(token)).toEqual({ role: 'VIEWER', calls: null })
  })

  test.each([
    ['limits without --calls', ['--models', 'gpt-*']],
    ['a limit that is no number', ['--calls', '--requests-per-minute', 'many']],
    ['an end and none', ['--expires-in', '2h', '--no-expiry']],
  ])('with %s are wrong usage', async (_what, argv) => {
    expect(await run('update', 'gw_any0000000', ...argv)).toMatchObject({
      exitCode: 2,
      output: '',
      errors: expect.stringMatching(/^error: /),
    })
  })

  test('for an unknown provider are refused, and nothing is made', async () => {
    const refused = await run('create', '--name', 'lost', '--role', 'viewer', '--calls', 'nobody')
    expect(refused).toMatchObject({ exitCode: 1, output: '', errors: expect.stringContaining('Provider 1 of the list does not exist.') })
    expect((await run('list')).output).not.toContain('lost')
  })
})

describe('tokens list and revoke', () => {
  test('show a token by its public start, and revoke it by that, for every gateway at once', async () => {
    const { token } = await made('--name', 'to be revoked', '--role', 'viewer')
    const start = token.slice(0, 13)
    const { output } = await run('list')
    expect(output).toMatch(new RegExp(`^${start} +to be revoked +viewer +never +never +none$`, 'm'))
    expect(output).not.toContain(token)

    expect(await run('revoke', start)).toMatchObject({ exitCode: 0, output: 'The token of "to be revoked" is revoked.\n' })
    expect(await statusOf(token)).toBe(401)
    expect((await run('list')).output).not.toContain(start)
    expect((await run('list', '--all')).output).toMatch(new RegExp(`^${start} .* revoked +none$`, 'm'))
    expect(await run('revoke', start)).toMatchObject({ exitCode: 0, output: expect.stringContaining('nothing has changed') })
  })

  test.each([
    ['its id', (token: Made) => token.id],
    ['the token itself', (token: Made) => token.token],
  ])('find a token by %s', async (_what, given) => {
    const token = await made('--name', 'found', '--role', 'viewer')
    expect(await run('revoke', given(token))).toMatchObject({ exitCode: 0 })
    expect(await statusOf(token.token)).toBe(401)
  })

  test('refuse an unknown token, and the last one of an admin', async () => {
    expect(await run('revoke', 'gw_unknown0000')).toMatchObject({ exitCode: 1, errors: expect.stringContaining('no such token') })
    const [admin] = await runJson<{ prefix: string; role: string }[]>(['tokens', 'list'], { environment: gateway.shared }).then((rows) =>
      rows.filter(({ role }) => role === 'ADMIN'),
    )
    expect(await run('revoke', admin?.prefix ?? '')).toMatchObject({
      exitCode: 1,
      errors: expect.stringContaining('last valid admin token'),
    })
    expect(await statusOf(gateway.adminToken)).toBe(200)
  })

  test('print no digest of a token', async () => {
    const rows = await withStore(gateway, (store) => store.accessToken.findMany())
    const { output } = await run('list', '--all', '--json')
    for (const { secretDigest } of rows) expect(output).not.toContain(secretDigest)
  })
})

test('the list shows any number of tokens, each once, newest first', async () => {
  const count = 1_103
  await withStore(gateway, async (store) => {
    for (let from = 0; from < count; from += 100)
      await store.accessToken.createMany({ data: Array.from({ length: Math.min(100, count - from) }, tokenRow) })
  })
  const wanted = await withStore(gateway, (store) => store.accessToken.findMany({ orderBy: { number: 'desc' }, select: { id: true } }))
  const listed = await runJson<{ id: string }[]>(['tokens', 'list', '--all'], { environment: gateway.shared })
  expect(listed.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id))
})

test('a command finds no database where there is none, and makes none', async () => {
  const url = `file:${gateway.folder}/mistyped/gateway.db`
  const result = await runCommand(['tokens', 'list'], { environment: { DATABASE_URL: url } })
  expect(result).toMatchObject({ exitCode: 78, output: '', errors: expect.stringContaining('There is no database at') })
  expect(await runCommand(['tokens', 'list'], { environment: { DATABASE_URL: url } })).toEqual(result)
})

test('a wrong configuration ends any command with 78, and --json gives the reason as JSON', async () => {
  const { exitCode, errors } = await runCommand(['tokens', 'list', '--json'], { environment: { ...gateway.shared, PORT: 'many' } })
  expect(exitCode).toBe(78)
  expect(JSON.parse(errors)).toEqual({ error: { exitCode: 78, message: expect.stringContaining('PORT must be a whole number') } })
})
