import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parseConfig, SETTINGS, secretVariables, wantsTraces } from '../../src/config.ts'
import { StartupError } from '../../src/errors.ts'

const KEY = `base64:${Buffer.from('a key of exactly thirty-two byte').toString('base64')}`
const TOKEN = 'an-admin-token-of-at-least-32-characters'
const folder = mkdtempSync(join(tmpdir(), 'gateway-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

function refusal(environment: Readonly<Record<string, string>>): string {
  try {
    parseConfig(environment)
  } catch (error) {
    if (error instanceof StartupError) {
      expect(error.exitCode).toBe(78)
      return error.message
    }
    throw error
  }
  throw new Error('The configuration was accepted.')
}

test('without any variable every setting has its default', () => {
  expect(parseConfig({})).toEqual({
    HOST: '127.0.0.1',
    PORT: 4000,
    DATABASE_URL: 'file:./data/gateway.db',
    ENCRYPTION_KEYS: '',
    ADMIN_TOKEN: '',
    OUTBOUND_ALLOW: '',
    SECRET_ENV_ALLOW: [],
    HTTPS_PROXY: '',
    HTTP_PROXY: '',
    NO_PROXY: '',
    LOG_LEVEL: 'info',
    METRICS_PORT: null,
    METRICS_TOKEN: '',
    OTEL_EXPORTER_OTLP_ENDPOINT: '',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '',
    OTEL_TRACES_EXPORTER: '',
    OTEL_SDK_DISABLED: '',
    ROOT_DIALECT: '',
    RATE_LIMIT_PER_MINUTE: 0,
    LOGIN_FAILURES_PER_MINUTE: 20,
    TRUSTED_PROXIES: [],
    CACHE_MAX_BYTES: 67_108_864,
    STOP_DELAY_SECONDS: 0,
    PUBLIC_URL: '',
    CALL_MAX_BODY_BYTES: 33_554_432,
    CALL_BODY_MEMORY_BYTES: 268_435_456,
    CALLS_PER_TOKEN: 64,
    CALLS_PER_PROVIDER: 256,
    TEST_NEW_PROVIDERS: true,
    CALL_IDLE_SECONDS: 300,
    USAGE_DAYS: 60,
    CALL_STOP_GRACE_SECONDS: 60,
    CONSOLE: true,
    REST_REFERENCE: true,
    GRAPHIQL: true,
  })
})

test('an empty variable counts as unset', () => {
  expect(parseConfig({ HOST: '', PORT: '', GRAPHIQL: '', ADMIN_TOKEN_FILE: '' })).toEqual(parseConfig({}))
})

test('all problems are reported at once, each with the name of its variable and the fix', () => {
  const message = refusal({
    PORT: '65536',
    DATABASE_URL: 'mysql://somebody:hunter2@host/db',
    ENCRYPTION_KEYS: 'correct horse battery staple',
    ADMIN_TOKEN: 'short-token',
    OUTBOUND_ALLOW: 'private,everything',
    LOG_LEVEL: 'loud',
    ROOT_DIALECT: 'coder',
    GRAPHIQL: 'yes',
  })
  expect(message.split('\n').slice(1)).toEqual([
    '- PORT must be from 0 to 65535, not "65536".',
    expect.stringMatching(/^- DATABASE_URL must start with file: or postgresql:\/\//),
    expect.stringMatching(/^- ENCRYPTION_KEYS cannot be used: Encryption key 1 of 1 does not start with "base64:"\.$/),
    '- ADMIN_TOKEN must be 32 to 512 printable ASCII characters without spaces.',
    expect.stringMatching(/^- OUTBOUND_ALLOW cannot be used: "everything" is none of .* such as 10\.1\.0\.0\/16\.$/),
    expect.stringMatching(/^- LOG_LEVEL must be trace, .*, not "loud"\.$/),
    '- ROOT_DIALECT must be bifrost, respan or ziri, or unset, not "coder".',
    '- GRAPHIQL must be true or false, not "yes".',
  ])
})

test('a blank host, and a relative path behind file://, are refused: they would mean every address, and a path from the root', () => {
  expect(refusal({ HOST: ' ', DATABASE_URL: 'file://data/gateway.db' })).toMatch(
    /- HOST must be an address or a host name.*\n- DATABASE_URL names a host behind file:\/\/\. Write file:\.\//,
  )
  expect(parseConfig({ HOST: '::', DATABASE_URL: 'file:///srv/gateway.db' })).toMatchObject({ HOST: '::' })
})

test.each(Object.keys(SETTINGS))('%s either takes a word or says what it must be', (name) => {
  try {
    parseConfig({ [name]: 'word' })
  } catch (error) {
    expect(error).toBeInstanceOf(StartupError)
    expect(String(error)).toMatch(new RegExp(`^- ${name} (must|cannot be used: )`, 'm'))
  }
})

test('a problem never repeats a secret', () => {
  const message = refusal({
    DATABASE_URL: 'mysql://somebody:hunter2@host/db',
    ENCRYPTION_KEYS: 'correct horse battery staple',
    ADMIN_TOKEN: 'short-token',
  })
  for (const secret of ['hunter2', 'horse', 'short-token']) expect(message).not.toContain(secret)
})

describe('a secret from a file', () => {
  test('is read without the line break at its end', () => {
    const environment = { ENCRYPTION_KEYS_FILE: file('keys', `${KEY}\n`), ADMIN_TOKEN_FILE: file('token', `${TOKEN}\n`) }
    expect(parseConfig(environment)).toMatchObject({ ENCRYPTION_KEYS: KEY, ADMIN_TOKEN: TOKEN })
  })

  test('is refused beside the variable itself, without showing either', () => {
    const message = refusal({ ADMIN_TOKEN: TOKEN, ADMIN_TOKEN_FILE: file('other', `${TOKEN}-other`) })
    expect(message).toContain('ADMIN_TOKEN and ADMIN_TOKEN_FILE are both set')
    expect(message).not.toContain(TOKEN)
  })

  test('is refused when the file cannot be read, is a folder or is empty', () => {
    const missing = join(folder, 'missing')
    expect(refusal({ ENCRYPTION_KEYS_FILE: missing })).toContain(
      `ENCRYPTION_KEYS_FILE names a file that cannot be read (ENOENT): ${missing}`,
    )
    expect(refusal({ ENCRYPTION_KEYS_FILE: folder })).toContain('ENCRYPTION_KEYS_FILE names a file that cannot be read (EISDIR)')
    expect(refusal({ ENCRYPTION_KEYS_FILE: file('empty', '\n') })).toContain('ENCRYPTION_KEYS_FILE names an empty file')
  })

  test('is read for secrets alone', () => {
    expect(parseConfig({ HOST_FILE: file('host', '0.0.0.0') }).HOST).toBe('127.0.0.1')
  })
})

describe('ADMIN_TOKEN', () => {
  test.each(['x'.repeat(31), 'x'.repeat(513), `${'x'.repeat(40)} ${'x'.repeat(40)}`, `${'x'.repeat(40)}é`, `${'x'.repeat(40)}\t`])(
    '%j is refused',
    (token) => {
      expect(refusal({ ADMIN_TOKEN: token })).toContain('ADMIN_TOKEN must be 32 to 512 printable ASCII characters without spaces')
    },
  )

  test.each(['x'.repeat(32), 'x'.repeat(512), '!"#$%&\'()*+,-./0123456789:;<=>?@[\\]^_`{|}~'])('%j is accepted', (token) => {
    expect(parseConfig({ ADMIN_TOKEN: token }).ADMIN_TOKEN).toBe(token)
  })
})

test.each(['0', '1', '65535'])('PORT %s is accepted', (port) => {
  expect(parseConfig({ PORT: port }).PORT).toBe(Number(port))
})

test.each(['-1', '80.5', '4000x', '0x50', '1e3', ' 80'])('PORT %j is refused', (port) => {
  expect(refusal({ PORT: port })).toContain('PORT must be')
})

describe('SECRET_ENV_ALLOW', () => {
  test('is a list of names, with blanks around them', () => {
    expect(parseConfig({ SECRET_ENV_ALLOW: ' OPENAI_API_KEY, other_key,' }).SECRET_ENV_ALLOW).toEqual(['OPENAI_API_KEY', 'other_key'])
  })

  test.each(['A-B', '1KEY', 'A=B', '*'])('%j is refused', (names) => {
    expect(refusal({ SECRET_ENV_ALLOW: names })).toContain('SECRET_ENV_ALLOW must be names of variables')
  })

  test.each(['ADMIN_TOKEN', 'ENCRYPTION_KEYS', 'DATABASE_URL', 'ENCRYPTION_KEYS_FILE'])("%s is refused, the gateway's own", (name) => {
    expect(refusal({ SECRET_ENV_ALLOW: `OPENAI_API_KEY,${name}` })).toContain("SECRET_ENV_ALLOW must not name the gateway's own secrets")
  })

  test('lets a variable be read at use, and no other', () => {
    const read = secretVariables({ SECRET_ENV_ALLOW: ['GATEWAY_TEST_LISTED'] })
    process.env.GATEWAY_TEST_UNLISTED = 'hidden'
    try {
      expect(read('GATEWAY_TEST_LISTED')).toBe('NOT_SET')
      process.env.GATEWAY_TEST_LISTED = 'later'
      const value = read('GATEWAY_TEST_LISTED')
      expect(typeof value === 'string' ? value : value.reveal()).toBe('later')
      expect(read('GATEWAY_TEST_UNLISTED')).toBe('NOT_LISTED')
    } finally {
      delete process.env.GATEWAY_TEST_LISTED
      delete process.env.GATEWAY_TEST_UNLISTED
    }
  })
})

test('the variables of a proxy are read in small letters too, and in capitals first', () => {
  expect(parseConfig({ https_proxy: 'a', HTTP_PROXY: 'b', http_proxy: 'c', no_proxy: 'd' })).toMatchObject({
    HTTPS_PROXY: 'a',
    HTTP_PROXY: 'b',
    NO_PROXY: 'd',
  })
})

test.each([
  [{}, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' }, true],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://localhost:4318/v1/traces' }, true],
  [{ OTEL_TRACES_EXPORTER: 'otlp' }, true],
  [{ OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' }, false],
  [{ OTEL_SDK_DISABLED: 'True', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' }, false],
])('%j asks for traces: %s', (environment, wanted) => {
  expect(wantsTraces(parseConfig(environment))).toBe(wanted)
})

test('.env.example has every setting with its description and default, in order', () => {
  const blocks = Object.entries(SETTINGS).map(([name, setting]) => {
    const orFile = 'secret' in setting ? ` Or \`${name}_FILE\`, the name of a file that holds it.` : ''
    return `# ${setting.description}${orFile}\n# ${name}=${setting.default}\n`
  })
  const head = '# Copy this file to `.env` and uncomment what you want to change. The values shown are the defaults.\n'
  expect(readFileSync('.env.example', 'utf8')).toBe([head, ...blocks].join('\n'))
})
