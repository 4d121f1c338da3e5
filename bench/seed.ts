import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { registerKeys } from '../src/api-keys/encryption-keys.ts'
import { ensureAdminToken } from '../src/auth/admin-token.ts'
import { GATEWAY_RULES } from '../src/auth/caller-rules.ts'
import type { Caller } from '../src/auth/principal.ts'
import { generateKeyText, parseKeyring } from '../src/crypto/keyring.ts'
import { Secret } from '../src/crypto/secret.ts'
import { type Database, openDatabase } from '../src/database/client.ts'
import { migrate } from '../src/database/migrate.ts'
import { storeProvider } from '../src/providers/create-provider.ts'
import type { ProviderDeps } from '../src/providers/provider-deps.ts'

export const TOKEN = 'bench-admin-token-of-more-than-32-characters'
export const ENCRYPTION_KEYS = generateKeyText()

/** Fills an empty database by the gateway's own command: sealed keys, audit events and all. */
export async function seed(url: string, providers: number, keysEach: number): Promise<void> {
  const database = await openDatabase(url)
  try {
    await migrate(database)
    const deps = depsOf(database)
    await registerKeys(database, deps.keyring, new Date())
    await ensureAdminToken(database, deps.keyring, TOKEN, new Date())
    for (let from = 0; from < providers; from += 500) {
      await database.write(async (transaction) => {
        for (let index = from; index < Math.min(providers, from + 500); index++)
          await storeProvider(transaction, deps, CALLER, providerInput(index, keysEach), new Date())
      })
    }
    // A copy of the file alone has everything then.
    if (database.kind === 'sqlite') await database.prisma.$queryRawUnsafe('PRAGMA wal_checkpoint(TRUNCATE)')
  } finally {
    await database.close()
  }
}

const CALLER: Caller = {
  principal: { kind: 'COMMAND_LINE', tokenId: 'bench', tokenName: 'bench', role: 'ADMIN', calls: null },
  channel: 'cli',
  rules: GATEWAY_RULES,
  requestId: 'seed',
}

function depsOf(database: Database): ProviderDeps {
  return {
    database,
    keyring: parseKeyring(ENCRYPTION_KEYS),
    clock: () => new Date(),
    checkEndpoint: () => null,
    checkProxy: () => null,
    endpointWarning: () => null,
    readSecretVariable: () => 'NOT_LISTED',
  }
}

function providerInput(index: number, keysEach: number): Parameters<typeof storeProvider>[3] {
  const name = `provider-${String(index).padStart(5, '0')}`
  const apiKeys = Array.from({ length: keysEach }, (_, key) => ({
    value: new Secret(`sk-bench-${index}-${key}-0123456789abcdef`),
    environmentVariable: undefined,
    id: undefined,
    configuration: undefined,
    name: null,
    enabled: true,
    weight: 1,
  }))
  return {
    name,
    type: 'OPENAI',
    baseUrl: `https://api-${index}.example.com/v1`,
    displayName: `Provider number ${index}`,
    icon: '',
    enabled: index % 5 !== 0,
    settings: undefined,
    network: undefined,
    apiKeys,
  }
}

/** A SQLite file with so many providers; each size is filled once and copied. */
export async function seededFile(folder: string, name: string, providers: number, keysEach: number): Promise<string> {
  const template = join(folder, `seed-${providers}-${keysEach}.db`)
  if (!seeded.has(template)) await seed(`file:${template}`, providers, keysEach)
  seeded.add(template)
  mkdirSync(join(folder, name), { recursive: true })
  const file = join(folder, name, 'gateway.db')
  copyFileSync(template, file)
  return file
}

const seeded = new Set<string>()
