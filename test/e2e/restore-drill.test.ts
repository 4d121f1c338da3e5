import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { generateKeyText } from '../../src/crypto/keyring.ts'
import { codeBlock } from '../support/documents.ts'
import { type GatewayProcess, startedProcess, temporaryFolder } from '../support/gateway-process.ts'
import { startOpenAiUpstream } from '../support/openai-upstream.ts'
import { ask, createProvider } from '../support/over-http.ts'
import { postgresPrograms, startPostgres } from '../support/postgres.ts'
import { useStarted } from '../support/use-started.ts'

/** The lines of docs/operations.md, run as they stand there: what an operator does at night was done before. */

const DOCUMENT = 'docs/operations.md'
const KEY = 'sk-restored-from-a-backup-0123456789'
const TEST = 'mutation { testConnection(input: { saved: { provider: { name: "kept" } } }) { ... on TestConnectionPayload { success } } }'
const folder = temporaryFolder()
const programs = join(folder.path, 'bin')

const upstream = useStarted(() => startOpenAiUpstream({ [KEY]: ['model'] }))
beforeAll(() => {
  mkdirSync(programs)
  writeFileSync(join(programs, 'gateway'), `#!/bin/sh\nexec '${process.execPath}' '${resolve('dist/cli/gateway.js')}' "$@"\n`)
  chmodSync(join(programs, 'gateway'), 0o755)
})
afterAll(() => {
  folder.remove()
})

interface Site {
  readonly path: string
  readonly environment: Readonly<Record<string, string>>
}

function newSite(name: string, environment: Readonly<Record<string, string>> = {}): Site {
  const path = join(folder.path, name)
  const [BACKUP_FOLDER, KEY_FOLDER] = [join(path, 'backups'), join(path, 'keys')]
  for (const made of [path, BACKUP_FOLDER, KEY_FOLDER]) mkdirSync(made)
  return { path, environment: { OUTBOUND_ALLOW: 'loopback', BACKUP_FOLDER, KEY_FOLDER, ...environment } }
}

async function runBlock({ path, environment }: Site, info: string): Promise<string> {
  const env = { ...environment, PATH: `${programs}:${postgresPrograms}:${process.env.PATH}` }
  const { stdout } = await promisify(execFile)('sh', ['-e', '-c', codeBlock(DOCUMENT, `sh ${info}`)], { cwd: path, env })
  return stdout
}

/** Stores providers one after the other until it is told to end; returns the names of those that were acknowledged. */
function writeOn(gateway: GatewayProcess, token: string | null): { end(): Promise<string[]>; readonly acknowledged: string[] } {
  const acknowledged: string[] = []
  let going = true
  const writing = (async () => {
    for (let number = 1; going; number++) {
      await createProvider(gateway, token, { name: `written-${number}` })
      acknowledged.push(`written-${number}`)
    }
  })()
  return {
    acknowledged,
    end: async () => {
      going = false
      await writing
      return acknowledged
    },
  }
}

/** Backs up under load, and returns the admin's token and what had been acknowledged when the backup began. */
async function backUpUnderLoad(site: Site, backup: string): Promise<{ token: string | null; before: string[] }> {
  const gateway = await startedProcess(site.path, site.environment)
  await createProvider(gateway, gateway.token, { name: 'kept', baseUrl: `${upstream.origin}/v1`, key: KEY })
  const writer = writeOn(gateway, gateway.token)
  await expect.poll(() => writer.acknowledged.length).toBeGreaterThan(3)
  const before = [...writer.acknowledged]
  await runBlock(site, backup)
  await writer.end()
  expect(await gateway.stop()).toBe(0)
  return { token: gateway.token, before }
}

async function expectEverything(site: Site, token: string | null, before: readonly string[]): Promise<void> {
  const gateway = await startedProcess(site.path, site.environment)
  const find = 'query ($name: String!) { provider(by: { name: $name }) { name } }'
  for (const name of ['kept', ...before]) expect((await ask(gateway, token, find, { name })).text).toContain(`"name":"${name}"`)
  const sent = upstream.sentWith(KEY).length
  expect((await ask(gateway, token, TEST)).text).toContain('"success":true')
  expect(upstream.sentWith(KEY).length).toBeGreaterThan(sent)
  expect(await gateway.stop()).toBe(0)
}

describe('the restore drill', () => {
  test('brings SQLite back from a backup that was made under load, with its tokens and keys', async () => {
    const site = newSite('sqlite')
    const { token, before } = await backUpUnderLoad(site, 'sqlite-backup')
    expect((statSync(join(site.path, 'backups/gateway.db')).mode & 0o777).toString(8)).toBe('600')
    rmSync(join(site.path, 'data'), { recursive: true })
    expect(await runBlock(site, 'sqlite-restore')).toMatch(/^ *0 +are damaged$/m)
    await expectEverything(site, token, before)
  })

  describe.skipIf(postgresPrograms === null)('on PostgreSQL', () => {
    const server = useStarted(startPostgres)

    test('brings it back into an empty database, with its tokens and keys', async () => {
      const [DATABASE_URL, NEW_DATABASE_URL] = [await server.freshUrl(), await server.freshUrl()]
      const site = newSite('postgresql', { DATABASE_URL, NEW_DATABASE_URL, ENCRYPTION_KEYS: generateKeyText() })
      const { token, before } = await backUpUnderLoad(site, 'postgresql-backup')
      await runBlock(site, 'postgresql-restore')
      await expectEverything({ ...site, environment: { ...site.environment, DATABASE_URL: NEW_DATABASE_URL } }, token, before)
    })

    test('of compose.yaml brings the database back in its place', async () => {
      const { hostname, port } = new URL(server.url)
      const asAdmin = ['-h', hostname, '-p', port, '-U', 'postgres']
      await promisify(execFile)(join(postgresPrograms ?? '', 'createuser'), [...asAdmin, '--superuser', 'gateway'])
      await promisify(execFile)(join(postgresPrograms ?? '', 'createdb'), [...asAdmin, '--owner', 'gateway', 'gateway'])
      // Stands for Docker: what runs in a container runs here, and starting and stopping is the test's.
      const docker = `#!/bin/sh
[ "$2" = exec ] || exit 0
[ "$4" = gateway ] && { shift 6; exec gateway "$@"; }
shift 4
PGHOST=${hostname} PGPORT=${port} exec "$@"
`
      writeFileSync(join(programs, 'docker'), docker, { mode: 0o755 })
      const keys = join(folder.path, 'compose/secrets/encryption-keys')
      const site = newSite('compose', { DATABASE_URL: `postgresql://gateway@${hostname}:${port}/gateway`, ENCRYPTION_KEYS_FILE: keys })
      mkdirSync(dirname(keys))
      writeFileSync(keys, generateKeyText())
      const { token, before } = await backUpUnderLoad(site, 'compose-backup')
      expect(await runBlock(site, 'compose-restore')).toMatch(/^ *0 +are damaged$/m)
      await expectEverything(site, token, before)
    })
  })
})
