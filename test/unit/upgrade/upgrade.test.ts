/**
 * Databases that the program of 0.1.0 made (commit 2ca7ee5), of each kind alone and of all together, start with this release:
 * every key opens at the place where it went before.
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
import { type FirstRelease, inPostgresql, inSqlite, kindsIn, upgrade } from '../../support/first-release.ts'
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

const onSqlite = (...of: [Parameters<typeof inSqlite>[1]?, Parameters<typeof inSqlite>[2]?]) => kept(inSqlite(folder, ...of))

function onPostgresql(): Promise<FirstRelease> {
  if (server === undefined) throw new Error('No server was started.')
  return kept(inPostgresql(server))
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

const RELAY = 'http://127.0.0.1:9/v1'
const plain = (type: string) => [
  { baseUrl: `${RELAY}?api-version=1`, credential: `sk-plain-${type}-0123456789` },
  { baseUrl: `${RELAY}?api-version=1`, credential: `sk-second-${type}-0123456789` },
]
const NO_KEY = { kind: 'none' }

/** What the keys of each kind of provider open to. */
const OPENED: Readonly<Record<string, readonly object[]>> = {
  'plain-anthropic': plain('ANTHROPIC'),
  'plain-azure': plain('AZURE'),
  'plain-google': plain('GOOGLE'),
  'plain-openai': plain('OPENAI'),
  'plain-openai-compat': plain('OPENAI_COMPAT'),
  'plain-openrouter': plain('OPENROUTER'),
  'plain-vercel': plain('VERCEL'),
  'plain-copilot': [{ baseUrl: 'https://api.githubcopilot.com', credential: NO_KEY }],
  'plain-bedrock': [
    { credential: { kind: 'aws', region: 'us-east-1', roleArn: expect.stringContaining('BedrockRole'), keyPair: expect.anything() } },
  ],
  'anthropic-on-bedrock': [{ credential: { kind: 'aws', region: 'eu-west-1', keyPair: expect.anything() } }],
  'with-network': [
    {
      network: {
        // Those that count as credentials now are sealed now, and the others stay.
        extraHeaders: [
          { name: 'X-Api-Key', value: 'sealed-header-0123456789' },
          { name: 'X-JWT', value: 'open-jwt-header-value' },
          { name: 'X-Team', value: 'platform' },
          { name: 'OpenAI-Organization', value: 'org-fixture' },
        ],
        proxy: { username: 'me', password: 'fixture-proxy-password' },
      },
    },
  ],
  'in-a-variable': [{ credential: VARIABLES.FIXTURE_UPSTREAM_KEY }],
  'odd-url': [{ baseUrl: 'https://relay.example.com:443/Tenant/v1/', credential: 'sk-odd-url-0123456789' }],
  // Keys of Bifrost have their endpoint and their region for themselves.
  azure: [{ baseUrl: 'https://own.openai.azure.com', credential: 'sk-bifrost-azure-0123456789' }],
  vllm: [{ baseUrl: 'http://127.0.0.1:9/own', credential: 'sk-bifrost-vllm-0123456789' }],
  bedrock: [{ baseUrl: 'https://bedrock.us-west-2.amazonaws.com', credential: { kind: 'aws', region: 'us-west-2' } }],
  ollama: [{ baseUrl: 'http://127.0.0.1:9', credential: NO_KEY }],
  'custom-relay': [{ baseUrl: RELAY, credential: NO_KEY, network: { extraHeaders: [{ name: 'X-Pass', value: 'open-pass-value' }] } }],
  'custom-quiet': [{ baseUrl: RELAY, credential: NO_KEY }],
  'respan-made': [{ baseUrl: 'https://a.example.com', credential: 'sk-respan-0123456789' }],
}
const NOTHING_UNREADABLE = { MALFORMED: 0, UNKNOWN_KEY: 0, NOT_AUTHENTIC: 0 }
const TOKENS = 'tokens'

test('every kind that 0.1.0 wrote is there for both databases, and is known here', () => {
  const kinds = kindsIn('one-key.sqlite')
  expect(kinds.toSorted()).toEqual([...Object.keys(OPENED), TOKENS].toSorted())
  expect(kindsIn('one-key.postgresql')).toEqual(kinds)
})

describe('a database of 0.1.0 with one kind alone', () => {
  test.each(kindsIn('one-key.sqlite'))('%s: starts, and has no secret that does not open', async (kind) => {
    const fixture = await onSqlite('one-key.sqlite', [kind])
    await upgrade(fixture)
    expect((await verifySecrets(fixture.database, fixture.keyring, () => {})).unreadable).toEqual(NOTHING_UNREADABLE)
    if (kind === TOKENS) expect(await upgradesOf(fixture)).toMatchObject([{ changes: { tokens: 6, unreadable: 0 } }])
    else expect(await openedKeys(fixture, kind)).toMatchObject(OPENED[kind] ?? [])
    await fixture.database.close()
  })
})

const upgradesOf = ({ database }: FirstRelease) =>
  database.prisma.auditEvent.findMany({ where: { action: 'encryption_key.secrets_upgraded' } })

const ENGINES = [
  { title: 'SQLite', make: () => onSqlite(), available: true },
  { title: 'PostgreSQL', make: onPostgresql, available: postgresPrograms !== null },
]

for (const { title, make, available } of ENGINES)
  describe.skipIf(!available)(`a database of 0.1.0 with all kinds on ${title}`, () => {
    let fixture: FirstRelease
    beforeAll(async () => {
      fixture = await make()
      await upgrade(fixture)
    }, 60_000)

    test('has every secret sealed for its destination, and none that does not open', async () => {
      const { readable, unreadable } = await verifySecrets(fixture.database, fixture.keyring, () => {})
      expect({ readable, unreadable }).toEqual({ readable: 31, unreadable: NOTHING_UNREADABLE })
    })

    test.each(Object.entries(OPENED))('opens the keys of %s at the endpoint that they had', async (name, keys) => {
      expect(await openedKeys(fixture, name)).toMatchObject(keys)
    })

    test('has no value in the open that counts as a credential now', async () => {
      const row = await fixture.database.prisma.provider.findFirstOrThrow({ where: { name: 'with-network' } })
      expect(JSON.stringify(row.network)).not.toContain('open-jwt-header-value')
    })

    test('gives the keys of Bifrost their endpoint, region and models in columns of their own', async () => {
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
      const key = await fixture.database.prisma.apiKey.findFirstOrThrow({ where: { provider: { name: 'in-a-variable' } } })
      await fixture.database.write((tx) => tx.apiKey.update({ where: { id: key.id }, data: { environmentVariable: 'FIXTURE_AWS_SECRET' } }))
      await expect(openedKeys(fixture, 'in-a-variable')).rejects.toThrow('another destination')
      await fixture.database.write((tx) =>
        tx.apiKey.update({ where: { id: key.id }, data: { environmentVariable: key.environmentVariable } }),
      )
    })

    test('tells in one audit event what was brought over, and does nothing at the next start', async () => {
      expect(await upgradesOf(fixture)).toMatchObject([{ changes: { providers: 20, headers: 2, secrets: 31, unreadable: 0, tokens: 6 } }])
      await upgrade(fixture)
      expect(await upgradesOf(fixture)).toHaveLength(1)
    })
  })

describe('the upgrade', () => {
  test('begins again when it was killed in the middle: nothing of it is there before all is', async () => {
    const fixture = await onSqlite()
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
    const fixture = await onSqlite('two-keys.sqlite')
    await upgrade(fixture)
    expect(await openedKeys(fixture, 'under-the-first')).toMatchObject([{ credential: 'sk-under-the-first-0123' }])
    expect(await openedKeys(fixture, 'under-the-second')).toMatchObject([{ credential: 'sk-under-the-second-0123' }])
    const rows = await fixture.database.prisma.apiKeySecret.findMany()
    expect(rows.map(({ kid }) => kid)).toEqual(rows.map(() => fixture.keyring.primary.kid))
  })

  test('is closed once the old key is gone: with the marker set back, an old text opens nowhere', async () => {
    const old = await onSqlite('two-keys.sqlite')
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
