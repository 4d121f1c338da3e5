import Libsql from 'libsql'
import { describe, expect, test } from 'vitest'
import { generateKeyText } from '../../src/crypto/keyring.ts'
import { sqlitePath } from '../../src/database/sqlite.ts'
import { KEYS, type Plan, useApply } from '../support/apply.ts'
import { runCommand, runJson } from '../support/command-line.ts'
import { insertProviders } from '../support/many-providers.ts'
import { SECRETS } from '../support/providers-file.ts'
import { auditRow } from '../support/rows.ts'
import { auditEvents, countAuditEvents, withStore } from '../support/store.ts'
import { testDatabaseKind } from '../support/test-database.ts'

const { gateway, upstream, environment, write, run, apply, writer, revision, everything } = useApply()

const actionsOf = ({ plan }: Plan) => plan.map(({ name, action }) => [name, action])

describe('apply', () => {
  test('makes what a file states, and a second run changes nothing at all', async () => {
    const first = await apply(everything())
    expect(new Set(actionsOf(first).map(([, action]) => action))).toEqual(new Set(['create']))
    const before = await revision()
    const events = await countAuditEvents(gateway)
    const second = await apply(everything(), '--prune')
    expect(second).toMatchObject({ failures: [], plan: first.plan.map(({ name }) => ({ name, action: 'keep', changes: [] })) })
    expect([await revision(), await countAuditEvents(gateway)]).toEqual([before, events])
  })

  test('stores keys that work, and takes the settings of the server for its own', async () => {
    await apply(everything())
    const { provider } = await gateway.ask<{ provider: { id: string } }>('{ provider(by: { name: "openai" }) { id } }')
    const { tests } = await writer.test(provider.id)
    expect(tests?.map(({ status }) => status)).toContain('OK')
    expect(upstream.keys()).toContain(SECRETS.FIRST_KEY)
    expect(upstream.requests.at(-1)?.headers).toMatchObject({ 'x-team': 'platform', 'x-api-key': SECRETS.TEAM_KEY })
  })

  test('states what a key has besides its value as a whole, and what programs keep of a provider as changes', async () => {
    const file = (key: string, provider: string) => `providers:
  - name: configured
    type: AZURE
    baseUrl: ${upstream.origin}
    apiKeys:
      - name: main
        valueFrom: { env: FIRST_KEY }
        credentialParts: [{ name: azure.clientSecret, valueFrom: { env: TEAM_KEY } }]
        models: [gpt-*]
        extensions: { acme: ${key} }
    extensions: { acme: ${provider} }
    sealedExtensions: [{ namespace: acme, name: settings, valueFrom: { env: PROXY_PASSWORD } }]
`
    const read = '{ provider(by: { name: "configured" }) { extensions apiKeys { nodes { models extensions credentialParts { name } } } } }'
    await apply(file('{ a: 1, b: 2 }', '{ a: 1, b: 2 }'))
    const changed = file('{ b: 3 }', '{ b: 3 }')
    expect(actionsOf(await apply(changed))).toEqual([['configured', 'change']])
    expect(actionsOf(await apply(changed))).toEqual([['configured', 'keep']])
    const key = { models: ['gpt-*'], extensions: { acme: { b: 3 } }, credentialParts: [{ name: 'azure.clientSecret' }] }
    expect(await gateway.ask(read)).toEqual({
      provider: { extensions: { acme: { a: 1, b: 3 } }, apiKeys: { nodes: [key] } },
    })
  })

  test('shows the plan of a dry run and changes nothing, then does just that', async () => {
    const before = await revision()
    const file = write(everything())
    const dry = await run(['apply', '-f', file, '--dry-run'])
    expect(dry).toMatchObject({ exitCode: 0, errors: '' })
    expect(dry.output).toContain(
      `+ openai          create  OPENAI_COMPAT at ${upstream.origin}, 3 API keys\n`.replace('OPENAI_COMPAT', 'OPENAI'),
    )
    expect(dry.output).toMatch(/\n5 to create, 0 to change, 0 to delete, 0 unchanged\.\n\nNothing was changed: this was a dry run\.\n$/)
    expect(await revision()).toBe(before)
    const real = await run(['apply', '-f', file])
    expect(real).toMatchObject({
      exitCode: 0,
      output: dry.output.replace('Nothing was changed: this was a dry run.', 'Done: 5 of 5 changes.'),
    })
  })

  test('says each change of a stored provider with masks alone, and makes it', async () => {
    await apply(everything())
    const file = write(`providers:
  - name: openai
    baseUrl: https://api.example.com/v1
    enabled: false
    apiKeys:
      - { name: primary, valueFrom: { env: OTHER_KEY } }
      - { name: renamed, valueFrom: { file: second.key }, weight: 3 }
    network: { timeoutMs: 5000 }
`)
    const { output } = await run(['apply', '-f', file])
    expect(output.split('\n').slice(0, -5)).toEqual([
      '~ openai  change',
      `    baseUrl: "${upstream.origin}" → "https://api.example.com/v1"`,
      '    enabled: true → false',
      '    ! the stored keys will be sent to the new address',
      '    network: new extraHeaders',
      '    network.timeoutMs: 20000 → 5000',
      '    apiKeys: rename sk-o...bN2k to "primary"',
      '    apiKeys: rename "second" sk-k...0123 to "renamed"',
      '    apiKeys: weigh "second" sk-k...0123 3 instead of 1',
      '    apiKeys: remove "primary" sk-f...w8Zr',
    ])
    const row = await withStore(gateway, (store) =>
      store.provider.findFirstOrThrow({ where: { name: 'openai' }, include: { apiKeys: { orderBy: { number: 'asc' } } } }),
    )
    expect(row).toMatchObject({ baseUrl: 'https://api.example.com/v1', enabled: false, displayName: 'OpenAI for all', version: 2 })
    expect(row.apiKeys.map(({ name, masked, enabled, weight }) => [name, masked, enabled, weight])).toEqual([
      ['renamed', 'sk-k...0123', false, 3],
      ['primary', 'sk-o...bN2k', true, 1],
    ])
    const [, event] = await auditEvents(gateway, row.id)
    expect(event).toMatchObject({
      action: 'provider.updated',
      channel: 'cli',
      changes: { sentElsewhereBy: ['baseUrl', 'network.extraHeaders'], movedSecrets: { to: ['https://api.example.com/v1'] } },
    })
    expect(await apply(`providers: [{ name: openai, network: { timeoutMs: 5000 } }]`)).toMatchObject({ plan: [{ action: 'keep' }] })
  })

  test('warns of stored secrets that cannot be read and so were not moved, once', async () => {
    await apply(everything())
    const row = await withStore(gateway, (store) =>
      store.provider.findFirstOrThrow({ where: { name: 'openai' }, include: { apiKeys: { orderBy: { number: 'asc' } } } }),
    )
    const [first] = row.apiKeys
    await withStore(gateway, (store) =>
      store.apiKeySecret.updateMany({ where: { apiKeyId: first?.id ?? '' }, data: { sealed: 'gw2.broken' } }),
    )
    const file = write('providers: [{ name: openai, baseUrl: "https://api.example.com/v1" }]')
    const { exitCode, output, errors } = await run(['apply', '-f', file, '--json'])
    expect(exitCode).toBe(0)
    expect(JSON.parse(output)).toMatchObject({ applied: true, failures: [] })
    expect(errors).toBe(
      `openai: stored secrets that cannot be read were not moved to the new destination (${first?.id}). Store them again.\n`,
    )
    expect(await run(['apply', '-f', file])).toMatchObject({ exitCode: 0, errors: '' })
  })

  test('knows a key again that was sealed before a rotation', async () => {
    await apply(everything())
    const next = generateKeyText()
    await gateway.restart({ ENCRYPTION_KEYS: `${next},${KEYS}` })
    const rotated = { environment: { ...environment(), ENCRYPTION_KEYS: `${next},${KEYS}` } }
    const again = () => runJson<Plan>(['apply', '-f', write(everything())], rotated)
    expect(new Set(actionsOf(await again()).map(([, action]) => action))).toEqual(new Set(['keep']))
    await runJson(['keys', 'rotate'], rotated)
    expect(new Set(actionsOf(await again()).map(([, action]) => action))).toEqual(new Set(['keep']))
    await withStore(gateway, (store) => store.provider.deleteMany())
    // Tokens are under the new key as well: back to the old one for the tests that follow.
    const back = { environment: { ...environment(), ENCRYPTION_KEYS: `${KEYS},${next}` } }
    await runJson(['keys', 'rotate'], back)
    await gateway.restart()
  })

  test('deletes with --prune what it has made itself, and nothing that others made', async () => {
    await writer.created({ name: 'by-hand' })
    await apply('providers: [{ name: groq }, { name: mistral }, { name: by-hand, icon: x }]')
    const pruned = await apply('providers: [{ name: mistral }]', '--prune')
    expect(actionsOf(pruned)).toEqual([
      ['mistral', 'keep'],
      ['by-hand', 'keep'],
      ['groq', 'delete'],
    ])
    const names = await withStore(gateway, (store) => store.provider.findMany({ where: { deletedAt: null }, orderBy: { name: 'asc' } }))
    expect(names.map(({ name }) => name)).toEqual(['by-hand', 'mistral'])
    expect(actionsOf(await apply('providers: [{ name: mistral }]'))).toEqual([['mistral', 'keep']])
  })

  test.runIf(testDatabaseKind === 'sqlite')('does what it has planned to no provider that somebody changed meanwhile', async () => {
    await apply('providers: [{ name: groq }, { name: mistral }]')
    // Each time that the command reads the clock, unless it is writing: before its plan is ready, and before each change.
    const somebodyWrites = () => {
      const database = new Libsql(sqlitePath(gateway.databaseUrl))
      try {
        database.exec('UPDATE providers SET version = version + 1 WHERE deleted_at IS NULL')
      } catch {
        // The command is in the middle of a transaction.
      }
      database.close()
      return new Date()
    }
    const file = write('providers: [{ name: mistral, icon: x }]')
    const argv = ['apply', '-f', file, '--prune', '--json']
    const { exitCode, output } = await runCommand(argv, { environment: environment(), clock: somebodyWrites })
    const conflict = expect.stringContaining('was changed meanwhile')
    expect([exitCode, JSON.parse(output).failures]).toEqual([
      1,
      [
        { name: 'mistral', message: conflict },
        { name: 'groq', message: conflict },
      ],
    ])
    const rows = await withStore(gateway, (store) => store.provider.findMany({ where: { deletedAt: null }, orderBy: { name: 'asc' } }))
    expect(rows.map(({ name, icon }) => [name, icon])).toEqual([
      ['groq', ''],
      ['mistral', ''],
    ])
  })

  test('looks through any number of providers, and finds all that it has made', async () => {
    const [count, mine] = [1_103, 602]
    await insertProviders(gateway, { count })
    await withStore(gateway, async (store) => {
      const rows = await store.provider.findMany({ orderBy: { name: 'asc' }, take: mine, select: { id: true } })
      const made = rows.map(({ id }) => ({ ...auditRow('provider.created'), channel: 'cli', subjectType: 'provider', subjectId: id }))
      for (let from = 0; from < mine; from += 100) await store.auditEvent.createMany({ data: made.slice(from, from + 100) })
    })
    const { plan } = await apply('providers: [{ name: groq }]', '--prune', '--dry-run')
    const names = (action: string) => plan.filter((step) => step.action === action).map(({ name }) => name)
    const all = Array.from({ length: count }, (_, index) => `bulk-${String(index + 1).padStart(7, '0')}`)
    expect(names('delete')).toEqual(all.slice(0, mine))
    expect(names('keep')).toEqual(all.slice(mine))
  })

  test('deletes all that it has made only when that is asked for by name', async () => {
    await apply('providers: [{ name: groq }, { name: mistral }]')
    const empty = write('providers: []')
    for (const options of [['--prune'], ['--prune', '--dry-run'], ['--prune', '--json']]) {
      const refused = await run(['apply', '-f', empty, ...options])
      expect(refused).toMatchObject({ exitCode: 1, errors: expect.stringContaining('--prune-all') })
    }
    expect(await withStore(gateway, (store) => store.provider.count({ where: { deletedAt: null } }))).toBe(2)
    expect(actionsOf(await apply('providers: []'))).toEqual([])
    expect(actionsOf(await apply('providers: []', '--prune-all'))).toEqual([
      ['groq', 'delete'],
      ['mistral', 'delete'],
    ])
  })

  test.each([
    ['opnai', 'openai'],
    ['antropic', 'anthropic'],
    ['mistrall', 'mistral'],
    ['github-copilt', 'github-copilot'],
    ['gemni', 'gemini'],
  ])('asks whether %s is %s before it makes a placeholder of it', async (name, vendor) => {
    const { exitCode, errors } = await run(['apply', '-f', write(`providers: [{ name: ${name} }]`)])
    expect({ exitCode, errors }).toEqual({ exitCode: 1, errors: expect.stringContaining(`Did you mean "${vendor}"?`) })
    expect(await withStore(gateway, (store) => store.provider.count())).toBe(0)
    expect(actionsOf(await apply(`providers: [{ name: ${name}, placeholder: true }]`))).toEqual([[name, 'create']])
    expect(actionsOf(await apply(`providers: [{ name: ${name}-2, type: OPENAI, baseUrl: "https://api.example.com" }]`))).toHaveLength(1)
  })

  test('changes nothing when anything in the file is wrong, and says where, without a part of a secret', async () => {
    const before = await revision()
    const file = write(`providers:
  - name: openai
    apiKeys:
      - { value: ${SECRETS.FIRST_KEY}, weight: heavy }
      - { name: second, credentialParts: [{ name: azure.clientSecret, value: ${SECRETS.OTHER_KEY} }, { name: vertex.region, value: europe-west4 }] }
    network:
      extraHeaders: [{ name: Authorization, value: ${SECRETS.TEAM_KEY} }]
      proxy: { type: HTTP, url: "http://proxy.example.com", password: ${SECRETS.PROXY_PASSWORD} }
  - name: openai
  - name: other
    colour: blue
`)
    const { exitCode, errors } = await run(['apply', '-f', file])
    expect(exitCode).toBe(1)
    expect(errors).toContain('providers[0].apiKeys[0] has a secret in the field `value`. A secret must not be in the file')
    expect(errors).toMatch(/:4:\d+: providers\[0\]\.apiKeys\[0\]\.weight must be a number/)
    expect(errors).toContain('a secret in the field `password`')
    expect(errors).toMatch(/:5:\d+: providers\[0\]\.apiKeys\[1\]\.credentialParts\[0\] is a part whose value must not be in the file/)
    expect(errors).not.toContain('credentialParts[1]')
    for (const secret of Object.values(SECRETS)) expect(errors).not.toContain(secret)
    expect(errors).toMatch(/:11:5: providers\[2\] has a field that does not exist: `colour`\. The fields here are name, type, /)
    expect(await revision()).toBe(before)
  })

  test.each([
    ['a variable that is not set', 'valueFrom: { env: NOT_SET }', 'The variable NOT_SET is not set'],
    ["a variable of the gateway's own", 'valueFrom: { env: ENCRYPTION_KEYS }', 'holds a secret of the gateway itself'],
    ['a file without an end', 'valueFrom: { file: /dev/zero }', 'too large for a secret'],
    ['a variable whose name would steer the terminal', 'valueFrom: { env: "X\\e[31m" }', 'The variable X\ufffd[31m is not set'],
    ['a file that is not there', 'valueFrom: { file: missing.key }', 'missing.key cannot be read (ENOENT)'],
    ['no place at all', 'name: nowhere', '"nowhere" is not stored here. Say where its value is'],
    ['a variable that the operator does not offer', 'environmentVariable: NOT_OFFERED', 'SECRET_ENV_ALLOW'],
  ])('with a key in %s changes nothing', async (_what, key, reason) => {
    const { exitCode, errors } = await run(['apply', '-f', write(`providers: [{ name: mistral }, { name: groq, apiKeys: [{ ${key} }] }]`)])
    expect([exitCode, errors]).toEqual([1, expect.stringContaining(reason)])
    expect(errors).toContain('Nothing was changed')
    expect(await withStore(gateway, (store) => store.provider.count())).toBe(0)
  })

  test('changes nothing when a change of a stored provider breaks a rule that depends on what is stored', async () => {
    await apply('providers: [{ name: groq, apiKeys: [{ name: one, valueFrom: { env: FIRST_KEY } }] }]')
    for (const [change, reason] of [
      ['apiKeys: [{ name: a, valueFrom: { env: FIRST_KEY } }, { name: b, valueFrom: { env: FIRST_KEY } }]', 'The same value as key 1'],
      ['apiKeys: [{ environmentVariable: NOT_OFFERED }]', 'SECRET_ENV_ALLOW'],
      ['apiKeys: [{ name: one, credentialParts: [{ name: azure.clientSecret }] }]', 'none is stored'],
      ['settings: { bedrock: { region: eu-west-1 } }', 'Bedrock settings are only valid for'],
    ] as const) {
      const { exitCode, errors } = await run(['apply', '-f', write(`providers: [{ name: mistral }, { name: groq, ${change} }]`)])
      expect([exitCode, errors]).toEqual([1, expect.stringContaining(reason)])
      expect(errors).toContain('Nothing was changed:\n- groq: ')
      expect(await withStore(gateway, (store) => store.provider.count())).toBe(1)
    }
  })

  test('refuses what the API would refuse: a forbidden address, another type, what is no YAML', async () => {
    await apply('providers: [{ name: groq }]')
    for (const [content, reason] of [
      ['providers: [{ name: metadata, type: OPENAI, baseUrl: "http://169.254.169.254/v1" }]', 'metadata: baseUrl: '],
      ['providers: [{ name: groq, type: OPENAI }]', 'groq: type: it is OPENAI_COMPAT'],
      ['providers: [{ name: Not A Name, type: OPENAI, baseUrl: "https://api.example.com" }]', 'lowercase letters'],
      [`providers: [{ name: "${SECRETS.FIRST_KEY}`, 'this is not valid YAML'],
      ['providers: { name: groq }', 'providers must be a list'],
      [`providers: [{ name: groq, displayName: *${SECRETS.FIRST_KEY} }]`, ':1:40: an alias (text that begins with `*`)'],
      ['providers: [{ name: groq, extensions: { zoo: { a: &b { c: *b } } } }]', ':1:59: an alias'],
      ['a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: &d [*c, *c, *c, *c]\nproviders: [*d, *d, *d, *d, *d, *d, *d]', ':2:8: an alias'],
      [`providers: ${'['.repeat(20_000)}`, 'it is nested too deeply'],
      ['providers: [{ name: groq, displayName: "caf\ufffd" }]', ':1:44: this is not UTF-8'],
      ['', 'the file must be `providers:` with a list'],
      ['providers: [{ name: groq, typ: OPENAI }]', 'Did you mean `type`?'],
      ['providers: [{ name: groq, enabled: yes }]', 'providers[0].enabled must be true or false'],
      ['providers: [{ name: groq, type: GPT }]', 'providers[0].type must be one of ANTHROPIC, AZURE, '],
      ['providers: [{ type: OPENAI }]', 'providers[0].name is missing'],
      ['providers:\n\t- name: groq', 'a tab indents the line'],
    ] as const)
      expect(await run(['apply', '-f', write(content)]), content).toMatchObject({ exitCode: 1, errors: expect.stringContaining(reason) })
  })
})
