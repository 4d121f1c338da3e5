import { describe, expect, test } from 'vitest'
import { generateKeyText, parseKeyring } from '../../src/crypto/keyring.ts'
import { type CommandResult, runCommand, runJson } from '../support/command-line.ts'
import { writerOf } from '../support/providers.ts'
import { useGateway } from '../support/use.ts'

interface Event {
  readonly action: string
  readonly actor: { readonly kind: string; readonly name: string; readonly id: string }
  readonly channel: string
  readonly subjectId: string
  readonly subjectName: string | null
  readonly changes: unknown
}

const KEYS = generateKeyText()
const gateway = useGateway({ environment: { ENCRYPTION_KEYS: KEYS } })

const environment = () => ({ ...gateway.shared, ENCRYPTION_KEYS: KEYS })
const run = (...argv: string[]): Promise<CommandResult> => runCommand(argv, { environment: environment() })
const audit = (...argv: string[]) => runJson<Event[]>(['audit', ...argv], { environment: environment() })

describe('audit', () => {
  test('shows what the API and the command line did, in its order, by whom and over which channel', async () => {
    const { uuid } = await writerOf(gateway).created({ name: 'audited', apiKeys: [{ credential: { value: 'sk-audited-0123456789' } }] })
    await run('tokens', 'create', '--name', 'by the command line', '--role', 'viewer')
    const events = await audit('--since', '1h')
    expect(events.slice(-2)).toMatchObject([
      {
        action: 'provider.created',
        actor: { kind: 'TOKEN', name: 'ADMIN_TOKEN', id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
        channel: 'graphql',
        subjectId: uuid,
        subjectName: 'audited',
      },
      {
        action: 'access_token.created',
        actor: { kind: 'COMMAND_LINE', name: 'command line', id: expect.stringContaining('@') },
        channel: 'cli',
        subjectName: 'by the command line',
      },
    ])
    const { output } = await run('audit')
    expect(output).toMatch(/^\d+ events since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC:\n\n\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}/)
    expect(output).toContain(`provider.created\n    audited (${uuid})\n    by ADMIN_TOKEN (token:`)
    expect(output.split('\n').filter((line) => line.length > 80 && line.includes(' ', 5))).toEqual([])
    expect(output).not.toContain('sk-audited-0123456789')
  })

  test('shows what the command line refused to do', async () => {
    const { kid } = parseKeyring(KEYS).primary
    await run('tokens', 'create', '--name', ' ', '--role', 'viewer')
    await run('keys', 'retire', '--', kid)
    expect((await audit()).slice(-2)).toMatchObject([
      { action: 'access_token.change_refused', channel: 'cli', changes: { operation: 'tokens create', code: 'VALIDATION_FAILED' } },
      { action: 'encryption_key.change_refused', channel: 'cli', subjectId: kid, changes: { operation: 'keys retire' } },
    ])
  })

  test('can be about one thing, one action, one time, and the newest few', async () => {
    // A name means the provider that has it now.
    await writerOf(gateway).remove((await writerOf(gateway).created({ name: 'other' })).id)
    await writerOf(gateway).created({ name: 'other' })
    expect((await audit('--subject', 'other')).map(({ action }) => action)).toEqual(['provider.created'])
    const [made] = await audit('--subject', 'by the command line')
    expect(made).toMatchObject({ action: 'access_token.created', subjectName: 'by the command line' })
    expect(await audit('--subject', made?.subjectId ?? '')).toEqual([made])
    expect(new Set((await audit('--action', 'provider.created')).map(({ subjectName }) => subjectName))).toEqual(
      new Set(['audited', 'other']),
    )
    expect(await audit('--since', new Date(Date.now() + 60_000).toISOString())).toEqual([])
    expect(await audit('--limit', '1')).toMatchObject([{ subjectName: 'other' }])
    expect((await run('audit', '--limit', '1')).output).toMatch(/ UTC; the newest 1 event of them:/)
  })

  test('refuses an action that there is none of, and says which there are', async () => {
    expect(await run('audit', '--action', 'token.created')).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining('access_token.created'),
    })
  })

  test('takes times as it shows them, in UTC wherever the machine stands', async () => {
    const before = process.env.TZ
    process.env.TZ = 'Pacific/Auckland'
    try {
      for (const [time, start] of [
        ['2026-03-04 05:06:07', '2026-03-04 05:06:07'],
        ['2026-03-04T05:06', '2026-03-04 05:06:00'],
        ['2026-03-04', '2026-03-04 00:00:00'],
        ['2026-03-04T05:06+02:00', '2026-03-04 03:06:00'],
      ] as const)
        expect((await run('audit', '--since', time)).output).toContain(` since ${start} UTC`)
    } finally {
      process.env.TZ = before
      if (before === undefined) delete process.env.TZ
    }
  })

  test.each([
    ['--since', 'yesterday'],
    ['--since', '2026-99-99'],
    ['--since', '2026-02-30'],
    ['--limit', '0'],
    ['--limit', '10001'],
    ['--limit', 'all'],
  ])('with %s %s is wrong usage', async (option, value) => {
    expect(await run('audit', option, value)).toMatchObject({ exitCode: 2, output: '', errors: expect.stringContaining('It must be') })
  })
})
