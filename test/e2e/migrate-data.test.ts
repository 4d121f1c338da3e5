import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { startedProcess, temporaryFolder } from '../support/gateway-process.ts'
import { postgresPrograms, startPostgres } from '../support/postgres.ts'
import { startRecorder } from '../support/recorder.ts'
import { useStarted } from '../support/use-started.ts'

const KEY = 'sk-migrated-from-one-database-to-another'
const folder = temporaryFolder()

async function ask(url: string, token: string, query: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  })
  return (await response.json()).data
}

const migrateData = (...parameters: string[]) =>
  promisify(execFile)(process.execPath, ['dist/cli/gateway.js', 'migrate-data', ...parameters]).then(
    ({ stdout, stderr }) => ({ exitCode: 0, output: stdout + stderr }),
    ({ code, stdout, stderr }) => ({ exitCode: code, output: stdout + stderr }),
  )

describe.skipIf(postgresPrograms === null)('a gateway that moves from SQLite to PostgreSQL', () => {
  const server = useStarted(startPostgres)
  const upstream = useStarted(() => startRecorder(KEY))
  afterAll(() => {
    folder.remove()
  })

  test('keeps its tokens, its providers and the keys that they use', async () => {
    const environment = { OUTBOUND_ALLOW: 'loopback' }
    const first = await startedProcess(folder.path, environment)
    const token = first.token ?? ''
    await ask(
      first.url,
      token,
      `mutation { createProvider(input: { name: "openai", type: OPENAI, baseUrl: "${upstream.origin}", apiKeys: [{ credential: { value: "${KEY}" } }] }) { __typename } }`,
    )
    await first.stop()

    const from = `file:${join(folder.path, 'data/gateway.db')}`
    const to = await server.freshUrl()
    const moved = await migrateData('--from', from, '--to', to)
    expect(moved).toMatchObject({ exitCode: 0, output: expect.stringContaining('Copied 1 rows of Provider') })
    expect(await migrateData('--from', from, '--to', to)).toMatchObject({
      exitCode: 78,
      output: expect.stringContaining('already has data'),
    })

    const ENCRYPTION_KEYS = readFileSync(join(folder.path, 'data/encryption.key'), 'utf8').trim()
    const second = await startedProcess(folder.path, { ...environment, DATABASE_URL: to, ENCRYPTION_KEYS })
    expect(second.token).toBeNull()
    const test =
      'mutation { testConnection(input: { saved: { provider: { name: "openai" } } }) { ... on TestConnectionPayload { success } } }'
    expect(await ask(second.url, token, test)).toEqual({ testConnection: { success: true } })
    expect(upstream.keys()).toContain(KEY)
    await second.stop()
  })
})

test('the command says how it is used, and what it lacks', async () => {
  expect(await migrateData('--help')).toMatchObject({ exitCode: 0, output: expect.stringContaining('--from file:') })
  expect(await migrateData('--from', 'file:somewhere.db')).toMatchObject({ exitCode: 2, output: expect.stringContaining('--to') })
  expect(await migrateData('--form', 'x')).toMatchObject({ exitCode: 2 })
})
