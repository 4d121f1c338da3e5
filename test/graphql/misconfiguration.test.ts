import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DOCUMENTED_KEYS, generateKeyText, parseKeyring } from '../../src/crypto/keyring.ts'
import { runCommand } from '../support/command-line.ts'
import { writerOf } from '../support/providers.ts'
import { stateOf, withStore } from '../support/store.ts'
import { testDatabaseKind } from '../support/test-database.ts'
import { useGateway } from '../support/use.ts'

const [OLD, NEW] = [generateKeyText(), generateKeyText()]
const keyOf = (bytes: Uint8Array) => `base64:${Buffer.from(bytes).toString('base64')}`
/** With its port taken, a start that came as far as opening it would end with 1 and another reason. */
let squatter: Server
let takenPort = ''
const gateway = useGateway({ environment: { ENCRYPTION_KEYS: OLD } })
beforeAll(async () => {
  await writerOf(gateway).created({ apiKeys: [{ credential: { value: 'sk-sealed-with-the-old-key-0123' } }] })
  await gateway.restart({ ENCRYPTION_KEYS: `${NEW},${OLD}` })
  await gateway.stop()
  squatter = createServer()
  await new Promise<void>((resolve) => void squatter.listen(0, '127.0.0.1', resolve))
  const address = squatter.address()
  takenPort = typeof address === 'object' ? String(address?.port) : ''
})
afterAll(async () => {
  await new Promise((resolve) => squatter.close(resolve))
})

const inFolder = (name: string, content: string) => {
  const path = join(gateway.folder, name)
  writeFileSync(path, content, { mode: 0o600 })
  return path
}

/** A name, what is configured besides what is right, and a part of the reason. A secret that is wrong is never told. */
const CASES: readonly (readonly [string, () => Record<string, string>, string])[] = [
  ['a port that is no number', () => ({ PORT: '80a' }), 'PORT must be a whole number'],
  ['a port that does not exist', () => ({ PORT: '65536' }), 'PORT must be from 0 to 65535'],
  ['an unknown level of the log', () => ({ LOG_LEVEL: 'loud' }), 'LOG_LEVEL must be'],
  ['a switch that is neither on nor off', () => ({ GRAPHIQL: 'perhaps' }), 'GRAPHIQL must be true or false'],
  ['an unknown dialect', () => ({ ROOT_DIALECT: 'coder2' }), 'ROOT_DIALECT must be'],
  ['a database of another make', () => ({ DATABASE_URL: 'mysql://root:planted-password@db/gateway' }), 'DATABASE_URL must start with'],
  ['a URL in a file that is not there', () => ({ DATABASE_URL: '', DATABASE_URL_FILE: '/nowhere/url' }), 'DATABASE_URL_FILE names a file'],
  ['a secret given twice', () => ({ ADMIN_TOKEN: 'x'.repeat(32), ADMIN_TOKEN_FILE: inFolder('token', 'y'.repeat(32)) }), 'are both set'],
  ['one port for two things', () => ({ PORT: takenPort, METRICS_PORT: takenPort }), "METRICS_PORT must not be the gateway's own port"],
  ['one token for two things', () => ({ ADMIN_TOKEN: OLD, METRICS_TOKEN: OLD }), 'METRICS_TOKEN must not be the ADMIN_TOKEN'],
  ['a proxy of an unknown kind', () => ({ HTTPS_PROXY: 'socks4://u:planted-password@proxy:1080' }), 'HTTPS_PROXY must be the address'],
  ['an address for traces that is none', () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: 'u:planted-password@host' }), 'must be an address that'],
  ['an unknown way for traces', () => ({ OTEL_TRACES_EXPORTER: 'zipkin' }), 'OTEL_TRACES_EXPORTER must be otlp, console or none'],
  ['an admin token that can be guessed', () => ({ ADMIN_TOKEN: 'planted-password' }), 'ADMIN_TOKEN must be 32 to 512'],
  ['an admin token with blanks', () => ({ ADMIN_TOKEN: `planted-password ${'x'.repeat(40)}` }), 'without spaces'],
  ['an admin token in an empty file', () => ({ ADMIN_TOKEN: '', ADMIN_TOKEN_FILE: inFolder('empty', '\n') }), 'names an empty file'],
  ['an address range that is none', () => ({ OUTBOUND_ALLOW: '10.0.0.0/99' }), 'OUTBOUND_ALLOW cannot be used'],
  ['a name that no variable can have', () => ({ SECRET_ENV_ALLOW: 'A-B' }), 'SECRET_ENV_ALLOW must be names of variables'],
  ["the gateway's own secrets for its providers", () => ({ SECRET_ENV_ALLOW: 'ENCRYPTION_KEYS' }), "the gateway's own secrets"],
  ['an encryption key that is a password', () => ({ ENCRYPTION_KEYS: 'planted-password' }), 'does not start with "base64:"'],
  ['an encryption key that is no base64', () => ({ ENCRYPTION_KEYS: 'base64:planted-password' }), 'is not base64'],
  ['an encryption key that is too short', () => ({ ENCRYPTION_KEYS: keyOf(Buffer.from('planted-password')) }), '16 bytes instead of 32'],
  ['an encryption key that is not random', () => ({ ENCRYPTION_KEYS: keyOf(new Uint8Array(32).fill(7)) }), 'repeats a single byte'],
  ['an encryption key of the documentation', () => ({ ENCRYPTION_KEYS: DOCUMENTED_KEYS[0] ?? '' }), 'which everyone knows'],
  ['an encryption key that is listed twice', () => ({ ENCRYPTION_KEYS: `${NEW},${OLD},${NEW}` }), 'repeats key 1'],
  ['an empty place in the list of encryption keys', () => ({ ENCRYPTION_KEYS: `${NEW},,${OLD}` }), 'is empty'],
  ['the encryption keys of another database', () => ({ ENCRYPTION_KEYS: generateKeyText() }), 'belongs to this database'],
  ['an encryption key that is missing and in use', () => ({ ENCRYPTION_KEYS: NEW }), '(1 stored secret, 1 access token)'],
  [
    'no encryption keys, where there were some',
    () => ({ ENCRYPTION_KEYS: '' }),
    testDatabaseKind === 'sqlite' ? 'is missing' : 'is required',
  ],
]

async function expectRefusal(environment: Readonly<Record<string, string>>, reason: string): Promise<void> {
  const settings = { ...gateway.shared, ENCRYPTION_KEYS: `${NEW},${OLD}`, PORT: takenPort, ...environment }
  const before = await stateOf(gateway)
  const { exitCode, output, errors } = await runCommand(['serve'], { environment: settings })
  expect([exitCode, output]).toEqual([78, ''])
  expect(errors).toContain(reason)
  for (const secret of ['planted-password', NEW.slice(7), OLD.slice(7)]) expect(errors).not.toContain(secret)
  expect(await stateOf(gateway)).toEqual(before)
}

describe('a start with a wrong configuration is refused with 78 before the port opens, and changes nothing:', () => {
  test.each(CASES)('%s', async (_what, environment, reason) => {
    await expectRefusal(environment(), reason)
  })

  test('a first encryption key that was retired', async () => {
    const { kid } = parseKeyring(OLD).primary
    const retire = (retiredAt: Date | null) =>
      withStore(gateway, (store) => store.encryptionKey.update({ where: { kid }, data: { retiredAt } }))
    await retire(new Date())
    await expectRefusal({ ENCRYPTION_KEYS: `${OLD},${NEW}` }, 'was retired')
    await retire(null)
  })

  test('an encryption key whose canary was changed', async () => {
    const where = { kid: parseKeyring(NEW).primary.kid }
    const { canary } = await withStore(gateway, (store) => store.encryptionKey.findUniqueOrThrow({ where }))
    const put = (text: string) => withStore(gateway, (store) => store.encryptionKey.update({ where, data: { canary: text } }))
    await put(`${canary.slice(0, -4)}${canary.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`)
    await expectRefusal({}, 'does not open its own canary')
    await put(canary)
  })

  test('while the right one gets as far as the port', async () => {
    const settings = { ...gateway.shared, ENCRYPTION_KEYS: `${NEW},${OLD}`, PORT: takenPort }
    expect(await runCommand(['serve'], { environment: settings })).toMatchObject({
      exitCode: 1,
      errors: expect.stringContaining('EADDRINUSE'),
    })
  })
})
