import { describe, expect, it } from 'vitest'
import { bedrock, coderClient, newProvider } from '../../support/coder-client.ts'
import { useGateway } from '../../support/use.ts'

const gateway = useGateway()
const client = coderClient(gateway)

const ABSOLUTE = 'base_url must be an absolute URL (e.g. https://api.example.com/)'
const NAME = 'name must match ^[a-z0-9]+(-[a-z0-9]+)*$ (lowercase alphanumeric, hyphens between words)'

/** Expects a POST with these fields to break exactly one rule. */
async function expectFault(fields: Readonly<Record<string, unknown>>, field: string, detail: string): Promise<void> {
  const answer = await client.create(newProvider(fields))
  expect([answer.status, answer.body]).toEqual([400, { message: 'Invalid AI provider request.', validations: [{ field, detail }] }])
}

describe('fields of a new provider (Coder contract, section 2.1)', () => {
  it.each([
    ['a missing type', { type: undefined }, 'type', 'type is required'],
    ['an empty type', { type: '' }, 'type', 'type is required'],
    ['an unknown type', { type: 'mistral' }, 'type', 'unsupported provider type "mistral"'],
    ['a type in another case', { type: 'OpenAI' }, 'type', 'unsupported provider type "OpenAI"'],
    ['a type that every object has', { type: 'constructor' }, 'type', 'unsupported provider type "constructor"'],
    ['a missing name', { name: undefined }, 'name', 'name is required'],
    ['an empty name', { name: '' }, 'name', 'name is required'],
    ['a missing base_url', { base_url: undefined }, 'base_url', 'base_url is required'],
    ['an empty base_url', { base_url: '' }, 'base_url', 'base_url is required'],
    ['an empty key', { api_keys: ['a-key', ''] }, 'api_keys[1]', 'api_keys entries must not be empty'],
    [
      'keys for bedrock',
      { type: 'bedrock', api_keys: ['k'], settings: bedrock({ region: 'r' }) },
      'api_keys',
      'type=bedrock does not accept api_keys',
    ],
    ['keys for copilot', { type: 'copilot', api_keys: ['k'] }, 'api_keys', 'type=copilot does not accept api_keys'],
    ['bedrock without settings', { type: 'bedrock' }, 'settings', 'type=bedrock requires bedrock settings'],
    [
      'bedrock that is not configured',
      { type: 'bedrock', settings: bedrock({ model: 'm' }) },
      'settings',
      'type=bedrock requires bedrock settings',
    ],
  ])('refuses %s', (_what, fields, field, detail) => expectFault(fields, field, detail))

  it.each(['Upper', 'a_b', '-a', 'a-', 'a--b', 'a b', 'ä', 'a/b', 'a.b', ' a', 'a\n'])('refuses the name %j', (name) =>
    expectFault({ name }, 'name', NAME),
  )

  it.each(['a', '0', 'a-b-c', 'providers', 'proxy', 'models', 'clients', 'x'.repeat(300)])(
    'accepts the name %j: none is reserved',
    async (name) => {
      expect((await client.create(newProvider({ name }))).status).toBe(201)
    },
  )

  it.each([' k', 'k ', '\tk', 'k\n', '   ', '\u00a0k', 'k\u0085'])('refuses the key %j for its blanks', (key) =>
    expectFault({ api_keys: [key] }, 'api_keys[0]', 'api_keys entries must not contain leading or trailing whitespace'),
  )

  it('accepts any other text as a key, the same one twice, and blanks inside', async () => {
    const provider = await client.created({ api_keys: ['same key', 'same key', 'schlüssel', '🔑🔑🔑🔑🔑', 'x'.repeat(5_000)] })
    expect(provider.api_keys).toHaveLength(5)
  })

  it('accepts no keys for every type, an empty list too', async () => {
    for (const type of ['openai', 'copilot', 'anthropic']) expect((await client.created({ type, api_keys: [] })).api_keys).toEqual([])
  })

  it.each(['azure', 'copilot', 'google', 'openai', 'openai-compat', 'openrouter', 'vercel'])(
    'refuses Bedrock settings for the type %s',
    (type) =>
      expectFault(
        { type, settings: bedrock({ region: 'r' }) },
        'settings',
        'bedrock settings are only valid for type=anthropic or type=bedrock',
      ),
  )

  it.each([{ region: 'us-east-1' }, { role_arn: 'arn:aws:iam::123456789012:role/x' }, { access_key: 'AKIA' }, { access_key_secret: 's' }])(
    'takes bedrock as configured with %j',
    async (fields) => expect((await client.create(newProvider({ type: 'bedrock', settings: bedrock(fields) }))).status).toBe(201),
  )

  it('refuses keys beside Bedrock settings on the type anthropic with a message of its own', async () => {
    const answer = await client.create(newProvider({ type: 'anthropic', settings: bedrock(), api_keys: ['sk-key'] }))
    expect(answer.body).toEqual({ message: 'Bedrock providers do not accept api_keys; configure access credentials via settings.' })
  })
})

describe('base_url as Go reads it', () => {
  it.each([
    'localhost:8080',
    'api.openai.com/v1',
    '//host/x',
    'https://',
    'https:///p',
    'https:host',
    'file:///x',
    'mailto:a@b',
    ' https://h',
    'https://h\n',
    'ht\ttps://h',
    'https://a b/',
    'https://h:port/',
    'https://h/%zz',
    '/v1',
    '?',
  ])('refuses %j as no absolute URL', (base_url) => expectFault({ base_url }, 'base_url', ABSOLUTE))

  it.each([
    ['ftp://h', 'ftp'],
    ['FTP://h', 'ftp'],
    ['ws://h/x', 'ws'],
    ['file://h/x', 'file'],
  ])('refuses the scheme of %s', (base_url, scheme) =>
    expectFault({ base_url }, 'base_url', `base_url scheme must be http or https, got "${scheme}"`),
  )

  it.each([
    'HTTPS://X.example',
    'http://api.example.com',
    'https://h/v1/',
    'https://h/v1//x?y=1',
    'https://h:8443',
    'https://H.example/A%20b',
    'https://[::1]:8443/v1',
  ])('stores %s as it is', async (base_url) => expect((await client.created({ base_url })).base_url).toBe(base_url))

  it('accepts a host in the local network: whether it may be called shows in the test', async () => {
    expect((await client.create(newProvider({ base_url: 'http://10.0.0.1:11434/v1' }))).status).toBe(201)
    expect((await client.create(newProvider({ base_url: 'http://localhost:11434/v1' }))).status).toBe(201)
  })

  // Where the gateway is stricter than the contract on purpose.
  it.each(['https://user:password@h', 'https://h/#f', 'http://169.254.169.254/latest', `https://h/${'x'.repeat(9_000)}`])(
    'refuses %.40s, which nobody may call',
    async (base_url) => {
      const answer = await client.create(newProvider({ base_url }))
      expect([answer.status, answer.body.validations?.map(({ field }) => field)]).toEqual([400, ['base_url']])
    },
  )
})

describe('Bedrock settings of a new provider (section 2.2)', () => {
  const example = 'e.g. arn:aws:iam::123456789012:role/BedrockRole'

  it.each([
    ['x', `role_arn "x" is not a valid ARN, ${example}`],
    ['arn:aws', `role_arn "arn:aws" is not a valid ARN, ${example}`],
    ['arn:aws:s3:::bucket', `role_arn must be an IAM ARN, but resolved to service "s3", ${example}`],
    ['arn:aws:iam::123456789012:user/dave', `role_arn must reference an IAM role, but resolved to resource "user/dave", ${example}`],
  ])('refuses the role %s', (role_arn, detail) =>
    expectFault({ type: 'bedrock', settings: bedrock({ role_arn }) }, 'settings.role_arn', detail),
  )

  it('refuses an external id that the client chose, and takes an empty one as none', async () => {
    await expectFault(
      { type: 'bedrock', settings: bedrock({ region: 'r', external_id: 'MINE' }) },
      'settings.external_id',
      'external_id is server-generated and cannot be set',
    )
    expect((await client.create(newProvider({ type: 'bedrock', settings: bedrock({ region: 'r', external_id: '' }) }))).status).toBe(201)
  })

  it.each(['invoke-model', 'mantle'])('keeps the protocol %s, and asks for no model and no region', async (protocol) => {
    const provider = await client.created({ type: 'anthropic', settings: bedrock({ protocol }) })
    expect(provider.settings).toEqual({ _type: 'bedrock', _version: 1, protocol })
    const patch = (settings: Readonly<Record<string, string>>) => client.patch(provider.name, { settings: bedrock(settings) })
    expect((await patch({ protocol, region: 'us-east-1' })).body.settings).toMatchObject({ protocol })
    expect((await patch({ region: 'us-east-1' })).body.settings).toEqual({ _type: 'bedrock', _version: 1, region: 'us-east-1' })
  })

  it('asks for no model and no region, and ignores an unknown protocol: those rules are younger than this profile', async () => {
    const provider = await client.created({ type: 'anthropic', settings: bedrock({ protocol: 'telepathy' }) })
    expect(provider.settings).toEqual({ _type: 'bedrock', _version: 1 })
  })
})

describe('what the gateway refuses beyond the contract', () => {
  it.each([
    ['a mask in place of a key', { api_keys: ['sk-o...aaaa'] }, 'api_keys[0]'],
    ['a key with U+0000', { api_keys: ['sk-\u0000key'] }, 'api_keys[0]'],
    ['a key of more than 10,240 bytes', { api_keys: ['x'.repeat(10_241)] }, 'api_keys[0]'],
    ['more than 100 keys', { api_keys: Array.from({ length: 101 }, (_, index) => `key-${index}`) }, 'api_keys'],
    ['a display_name with U+0000', { display_name: 'a\u0000b' }, 'display_name'],
    ['a display_name of more than 2,000 characters', { display_name: 'x'.repeat(2_001) }, 'display_name'],
    ['an icon of more than 8,192 characters', { icon: 'x'.repeat(8_193) }, 'icon'],
    ['a name of more than 1,000 characters', { name: 'x'.repeat(1_001) }, 'name'],
  ])('refuses %s', async (_what, fields, field) => {
    const answer = await client.create(newProvider(fields))
    expect([answer.status, answer.body.validations?.map((validation) => validation.field)]).toEqual([400, [field]])
  })
})
