/**
 * Databases that the program of 0.1.0 made (commit 2ca7ee5), one of each kind, start with this release: every key opens at
 * the place where it went before.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readStoredProvider } from '../../../src/api-keys/read-stored-provider.ts'
import { verifySecrets } from '../../../src/api-keys/verify-secrets.ts'
import { parseKeyring } from '../../../src/crypto/keyring.ts'
import { Secret } from '../../../src/crypto/secret.ts'
import type { Database } from '../../../src/database/client.ts'
import { migrate } from '../../../src/database/migrate.ts'
import { openForCall } from '../../../src/providers/provider-for-use.ts'
import { FIRST_RELEASE_READERS } from '../../../src/rest/mounts.ts'
import { upgradeStoredData } from '../../../src/upgrade/upgrade-stored-data.ts'
import { type FirstRelease, type FixtureKind, fromDump, fromFile, upgrade } from '../../support/first-release.ts'
import { type PostgresServer, postgresPrograms, startPostgres } from '../../support/postgres.ts'

const NOW = new Date('2026-12-01T00:00:00Z')
const VARIABLES: Readonly<Record<string, string>> = {
  FIXTURE_UPSTREAM_KEY: 'sk-from-a-variable-0123456789',
  FIXTURE_AWS_SECRET: 'aws-secret-from-a-variable',
}
const readSecretVariable = (name: string) => (VARIABLES[name] === undefined ? 'NOT_SET' : new Secret(VARIABLES[name]))

let folder: string
let server: PostgresServer | undefined
const opened: Database[] = []
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-upgrade-'))
  if (postgresPrograms !== null) server = await startPostgres()
})
afterAll(async () => {
  await Promise.all(opened.map((database) => database.close()))
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function kept(fixture: Promise<FirstRelease>): Promise<FirstRelease> {
  opened.push((await fixture).database)
  return fixture
}

const copyOf = (kind: FixtureKind) => kept(fromFile(folder, kind))

function fromServer(): Promise<FirstRelease> {
  if (server === undefined) throw new Error('No server was started.')
  return kept(fromDump(server))
}

/** What each key of a provider opens to, and where it goes. */
async function openedKeys({ database, keyring }: Pick<FirstRelease, 'database' | 'keyring'>, name: string) {
  const use = await readStoredProvider(database.prisma, { name })
  if (use === null) throw new Error(`There is no provider "${name}".`)
  const { keys } = use.stored
  const rows = keys.length === 0 ? [null] : keys
  return rows.map((key) => {
    const { baseUrl, credential, network } = openForCall({ keyring, readSecretVariable }, use, key)
    const shown = credential.kind === 'apiKey' ? credential.apiKey.reveal() : credential
    return { baseUrl, credential: shown, network }
  })
}

const KINDS = [
  { title: 'SQLite', make: () => copyOf('plain'), available: true },
  { title: 'PostgreSQL', make: fromServer, available: postgresPrograms !== null },
]

for (const { title, make, available } of KINDS)
  describe.skipIf(!available)(`a database of 0.1.0 on ${title}`, () => {
    let fixture: FirstRelease
    beforeAll(async () => {
      fixture = await make()
      await upgrade(fixture)
    }, 60_000)

    test('has every secret sealed for its destination, and none that does not open', async () => {
      const { readable, unreadable } = await verifySecrets(fixture.database, fixture.keyring, () => {})
      expect(unreadable).toEqual({ MALFORMED: 0, UNKNOWN_KEY: 0, NOT_AUTHENTIC: 0 })
      expect(readable).toBe(31)
    })

    test.each(['anthropic', 'azure', 'google', 'openai', 'openai-compat', 'openrouter', 'vercel'])(
      'opens the plain keys of %s at the endpoint that they had',
      async (type) => {
        const name = type.toUpperCase().replace('-', '_')
        expect(await openedKeys(fixture, `plain-${type}`)).toMatchObject([
          { baseUrl: 'http://127.0.0.1:9/v1?api-version=1', credential: `sk-plain-${name}-0123456789` },
          { baseUrl: 'http://127.0.0.1:9/v1?api-version=1', credential: `sk-second-${name}-0123456789` },
        ])
      },
    )

    test('opens the access keys of Bedrock settings, of both types that have them', async () => {
      const [bedrock] = await openedKeys(fixture, 'plain-bedrock')
      expect(bedrock?.credential).toMatchObject({ kind: 'aws', region: 'us-east-1', roleArn: expect.stringContaining('BedrockRole') })
      expect(JSON.stringify(await openedKeys(fixture, 'anthropic-on-bedrock'))).not.toContain('"keyPair":null')
    })

    test('seals the headers that count as credentials now, and keeps the others', async () => {
      const [{ network } = { network: null }] = await openedKeys(fixture, 'with-network')
      expect(network?.extraHeaders).toEqual([
        { name: 'X-Api-Key', value: 'sealed-header-0123456789' },
        { name: 'X-JWT', value: 'open-jwt-header-value' },
        { name: 'X-Team', value: 'platform' },
        { name: 'OpenAI-Organization', value: 'org-fixture' },
      ])
      expect(network?.proxy).toMatchObject({ username: 'me', password: 'fixture-proxy-password' })
      const row = await fixture.database.prisma.provider.findFirstOrThrow({ where: { name: 'with-network' } })
      expect(JSON.stringify(row.network)).not.toContain('open-jwt-header-value')
    })

    test('gives the keys of Bifrost their endpoint, region and models in columns of their own', async () => {
      expect(await openedKeys(fixture, 'azure')).toMatchObject([
        { baseUrl: 'https://own.openai.azure.com', credential: 'sk-bifrost-azure-0123456789' },
      ])
      expect(await openedKeys(fixture, 'vllm')).toMatchObject([{ baseUrl: 'http://127.0.0.1:9/own' }])
      expect(await openedKeys(fixture, 'bedrock')).toMatchObject([{ baseUrl: 'https://bedrock.us-west-2.amazonaws.com' }])
      const { prisma } = fixture.database
      expect(await prisma.apiKey.findFirst({ where: { name: 'bifrost-azure' } })).toMatchObject({
        models: ['gpt-4o'],
        exceptModels: ['gpt-3.5'],
      })
      expect(await prisma.apiKey.findFirst({ where: { name: 'bifrost-bedrock' } })).toMatchObject({
        ...{ region: 'us-west-2', externalId: 'fixture-external-id', models: null },
        roleArn: 'arn:aws:iam::123456789012:role/Other',
      })
      expect(await prisma.apiKey.findFirst({ where: { name: 'bifrost-vllm' } })).toMatchObject({ models: [] })
    })

    test('knows what the gateway acts on of a custom provider', async () => {
      const { prisma } = fixture.database
      expect(await prisma.provider.findFirst({ where: { name: 'custom-relay' } })).toMatchObject({
        modelsPath: '/custom/models',
        testAfterWrites: 'ALWAYS',
      })
      expect(await prisma.provider.findFirst({ where: { name: 'custom-quiet' } })).toMatchObject({ testAfterWrites: 'NEVER' })
    })

    test('authenticates a key in an environment variable', async () => {
      expect(await openedKeys(fixture, 'in-a-variable')).toMatchObject([{ credential: VARIABLES.FIXTURE_UPSTREAM_KEY }])
      const key = await fixture.database.prisma.apiKey.findFirstOrThrow({ where: { provider: { name: 'in-a-variable' } } })
      await fixture.database.write((tx) => tx.apiKey.update({ where: { id: key.id }, data: { environmentVariable: 'FIXTURE_AWS_SECRET' } }))
      await expect(openedKeys(fixture, 'in-a-variable')).rejects.toThrow('another destination')
      await fixture.database.write((tx) =>
        tx.apiKey.update({ where: { id: key.id }, data: { environmentVariable: key.environmentVariable } }),
      )
    })

    test('tells in one audit event what was brought over, and does nothing at the next start', async () => {
      const events = () => fixture.database.prisma.auditEvent.findMany({ where: { action: 'encryption_key.secrets_upgraded' } })
      expect(await events()).toMatchObject([{ changes: { providers: 20, headers: 2, secrets: 31, unreadable: 0, tokens: 6 } }])
      await upgrade(fixture)
      expect(await events()).toHaveLength(1)
    })
  })

describe('the upgrade', () => {
  test('begins again when it was killed in the middle: nothing of it is there before all is', async () => {
    const fixture = await copyOf('plain')
    await migrate(fixture.database)
    const before = await fixture.database.prisma.apiKeySecret.findMany({ orderBy: { apiKeyId: 'asc' } })
    const broken = new Proxy(fixture.keyring, {
      get: (target, name) => {
        if (name === 'primary' && new Error('').stack?.includes('seal')) throw new Error('killed')
        return Reflect.get(target, name)
      },
    })
    await expect(upgradeStoredData(fixture.database, broken, FIRST_RELEASE_READERS, NOW, () => {})).rejects.toThrow('killed')
    expect(await fixture.database.prisma.apiKeySecret.findMany({ orderBy: { apiKeyId: 'asc' } })).toEqual(before)
    await upgrade(fixture)
    expect((await verifySecrets(fixture.database, fixture.keyring, () => {})).readable).toBe(31)
  })

  test('brings over what is under each key of a keyring, and seals it with the first', async () => {
    const fixture = await copyOf('two-keys')
    await upgrade(fixture)
    expect(await openedKeys(fixture, 'under-the-first')).toMatchObject([{ credential: 'sk-under-the-first-0123' }])
    expect(await openedKeys(fixture, 'under-the-second')).toMatchObject([{ credential: 'sk-under-the-second-0123' }])
    const rows = await fixture.database.prisma.apiKeySecret.findMany()
    expect(rows.map(({ kid }) => kid)).toEqual(rows.map(() => fixture.keyring.primary.kid))
  })

  test('is closed once the old key is gone: with the marker set back, an old text opens nowhere', async () => {
    const old = await copyOf('two-keys')
    await migrate(old.database)
    const { prisma } = old.database
    const markers = await prisma.encryptionKey.findMany()
    const texts = await prisma.apiKeySecret.findMany()
    await upgrade(old)
    const oldKid = old.keyring.kids[1] ?? ''
    // The first key alone is configured from here on; whoever writes the database puts back what was there before.
    const alone = parseKeyring(old.keys[0] ?? '')
    await old.database.write(async (tx) => {
      for (const { kid, canary } of markers) if (kid === oldKid) await tx.encryptionKey.update({ where: { kid }, data: { canary } })
      for (const { apiKeyId, sealed, kid } of texts)
        if (kid === oldKid) await tx.apiKeySecret.update({ where: { apiKeyId }, data: { sealed, kid } })
    })
    await upgradeStoredData(old.database, alone, FIRST_RELEASE_READERS, NOW, () => {})
    await expect(openedKeys({ database: old.database, keyring: alone }, 'under-the-first')).rejects.toThrow('cannot be read')
  })
})
