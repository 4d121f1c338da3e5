import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runCommand, runJson } from '../support/command-line.ts'
import { makeTestDatabase, type TestDatabase } from '../support/test-database.ts'

let folder: string
let database: TestDatabase
let file: string
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-routes-'))
  database = await makeTestDatabase(folder)
  file = join(folder, 'providers.yaml')
})
afterEach(async () => {
  await database.remove()
  rmSync(folder, { recursive: true, force: true })
})

interface Plan {
  readonly plan: readonly { readonly name: string; readonly action: string; readonly changes: readonly string[] }[]
}
const FIRST = 'providers:\n  - { name: first, type: OPENAI, baseUrl: https://api.example.com/v1 }\n'
const SECOND = '  - { name: second, type: OPENAI, baseUrl: https://api.example.com/v1 }\n'
const FAST = 'routes:\n  - name: fast\n    targets:\n      - { provider: first, model: gpt-5, weight: 3 }\n'
const apply = (text: string, ...options: string[]) => {
  writeFileSync(file, text)
  return runCommand(['apply', '-f', file, ...options], { environment: database.environment })
}
const planOf = async (text: string, ...options: string[]) => {
  writeFileSync(file, text)
  const { plan } = await runJson<Plan>(['apply', '-f', file, ...options], { environment: database.environment })
  return plan.map(({ name, action }) => `${action} ${name}`)
}
const exported = async () => (await runCommand(['export'], { environment: database.environment })).output

test('a route of a file is made behind the providers of the same file, and again changes nothing', async () => {
  const made = await apply(FIRST + FAST)
  expect(made).toMatchObject({ exitCode: 0, output: expect.stringContaining('model route with first/gpt-5') })
  expect(await planOf(FIRST + FAST)).toEqual(['keep first', 'keep fast'])
  expect(await planOf(await exported())).toEqual(['keep first', 'keep fast'])
})

test('a route is changed to what the file says; what it leaves out stays, and a file without routes says nothing about them', async () => {
  await apply(FIRST + SECOND + FAST.replace('fast\n', 'fast\n    description: The quick one.\n'))
  const changed = `${FIRST}${SECOND}${FAST}      - { provider: second, model: o3, priority: 1 }\n`
  expect(await planOf(changed)).toEqual(['keep first', 'keep second', 'change fast'])
  expect(await exported()).toContain('description: The quick one.')
  expect(await exported()).toContain('provider: second')
  expect(await planOf(FIRST, '--dry-run')).toEqual(['keep first'])
})

test('pruning deletes routes that apply has made, and then the providers that they used', async () => {
  await apply(FIRST + SECOND + FAST.replaceAll('first', 'second'))
  const kept = await apply(FIRST, '--prune')
  expect(kept.exitCode).toBe(1)
  expect(kept.errors).toContain('Model routes use this provider: fast')
  expect(await planOf(`${FIRST}routes: []\n`, '--prune')).toEqual(['keep first', 'delete fast', 'delete second'])
  expect(await exported()).not.toContain('fast')
})

test('nothing is changed when a route of the file breaks a rule', async () => {
  await apply(FIRST)
  const target = '{ provider: first, model: m }'
  for (const [route, reason] of [
    ['name: lost, targets: [{ provider: nobody, model: m }]', '- lost: targets[0].provider: There is no such provider'],
    [`name: "no name\\e[31m", targets: [${target}]`, '- no name\ufffd[31m: name: The name must be letters'],
    ['name: none, targets: []', '- none: targets: A route has 1 to 32 targets'],
    [`name: twice, targets: [${target}, ${target}]`, '- twice: targets[1]: The route has this model'],
  ] as const) {
    const { exitCode, errors } = await apply(`${FIRST}${SECOND}${FAST}  - { ${route} }\n`)
    expect([exitCode, errors]).toEqual([1, expect.stringContaining(`Nothing was changed:\n${reason}`)])
    expect(await planOf(`${FIRST}${SECOND}`, '--dry-run')).toEqual(['keep first', 'create second'])
  }
})

test('`gateway routes` lists what is stored in the order in which targets are tried, and says what is disabled or gone', async () => {
  const list = () => runCommand(['routes'], { environment: database.environment })
  await apply(FIRST)
  expect(await list()).toMatchObject({ exitCode: 0, output: expect.stringContaining('No model routes.') })
  const target = (provider: string, more: string) => `      - { provider: ${provider}, model: gpt-5, ${more} }\n`
  const targets = target('first', 'priority: 1') + target('second', 'weight: 3')
  const off = 'routes:\n  - name: off\n    enabled: false\n    targets:\n'
  await apply(`${FIRST}${SECOND.replace(' }', ', enabled: false }')}${off}${targets}`)
  const { output } = await list()
  expect(output.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['ROUTE', 'STATE', 'TARGETS'],
    ['off', 'disabled', 'second/gpt-5, priority 0, weight 3 (provider disabled)'],
    ['', 'first/gpt-5, priority 1, weight 1'],
    [''],
  ])
  const listed = await runJson<object[]>(['routes'], { environment: database.environment })
  expect(listed).toMatchObject([
    {
      ...{ name: 'off', enabled: false, retryAfterTimeout: false, version: 1 },
      targets: [
        { provider: 'second', model: 'gpt-5', weight: 3, priority: 0, providerState: 'disabled' },
        { provider: 'first', providerState: 'enabled' },
      ],
    },
  ])
})
