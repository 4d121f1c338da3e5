import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runCommand, runJson } from '../support/command-line.ts'
import { makeTestDatabase, type TestDatabase } from '../support/test-database.ts'

let folder: string
let database: TestDatabase
let file: string
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-apply-'))
  database = await makeTestDatabase(folder)
  file = join(folder, 'providers.yaml')
  writeFileSync(file, 'providers:\n  - name: first\n    type: OPENAI\n    baseUrl: https://api.example.com/v1\n')
})
afterEach(async () => {
  await database.remove()
  rmSync(folder, { recursive: true, force: true })
})

test('apply makes the database where no gateway was started yet, and again changes nothing', async () => {
  const { environment } = database
  const first = await runCommand(['apply', '-f', file], { environment })
  expect(first).toMatchObject({ exitCode: 0, output: expect.stringContaining('Done: 1 of 1 change.') })
  expect(first.errors).toContain('Created the database')
  const again = await runJson<{ plan: { action: string }[] }>(['apply', '-f', file], { environment })
  expect(again.plan.map(({ action }) => action)).toEqual(['keep'])
})

test('a dry run makes nothing', async () => {
  const { exitCode } = await runCommand(['apply', '-f', file, '--dry-run'], { environment: database.environment })
  expect(exitCode).toBe(78)
})

test('an address that only OUTBOUND_ALLOW opens is saved with a warning, and the word that this command reads its own environment', async () => {
  writeFileSync(file, 'providers:\n  - name: first\n    type: OPENAI\n    baseUrl: http://127.0.0.1:9/v1\n')
  const { exitCode, output } = await runCommand(['apply', '-f', file], { environment: database.environment })
  expect({ exitCode, output }).toEqual({ exitCode: 0, output: expect.stringContaining('This command reads its own environment') })
})

test('no provider gets what a file of the gateway itself holds, by whatever name', async () => {
  const [own, link] = [join(folder, 'metrics.token'), join(folder, 'innocent.key')]
  writeFileSync(own, 'm'.repeat(40))
  symlinkSync(own, link)
  const environment = { ...database.environment, METRICS_TOKEN_FILE: own }
  for (const name of ['metrics.token', 'innocent.key']) {
    writeFileSync(file, `providers: [{ name: first, baseUrl: "https://api.example.com", apiKeys: [{ valueFrom: { file: ${name} } }] }]`)
    const { exitCode, errors } = await runCommand(['apply', '-f', file], { environment })
    expect([exitCode, errors]).toEqual([1, expect.stringContaining(`${name} holds a secret of the gateway itself`)])
  }
})
