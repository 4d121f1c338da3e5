import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bifrostClient, custom, SIZES, uniqueName } from '../../support/bifrost-client.ts'
import { startOpenAiUpstream } from '../../support/openai-upstream.ts'
import { createAuthority } from '../../support/upstream/certificates.ts'
import { startHttpProxy } from '../../support/upstream/proxies.ts'
import { useGateway } from '../../support/use.ts'
import { useStarted } from '../../support/use-started.ts'

const KEY = 'sk-1234567890abcdefghijklmnop'
const SHORT_KEY = 'sk-short-1'
const MASK = `sk-1${'*'.repeat(24)}mnop`
const log: string[] = []

const upstream = useStarted(() => startOpenAiUpstream({ [KEY]: ['gpt-a'], [SHORT_KEY]: ['gpt-a'] }))
const environment = { OUTBOUND_ALLOW: 'loopback', SECRET_ENV_ALLOW: 'BIFROST_TEST_KEY,BIFROST_UNSET', BIFROST_TEST_KEY: KEY }
const gateway = useGateway({ environment, log: (line) => log.push(line) })
const client = bifrostClient(gateway)
beforeAll(() => {
  process.env.BIFROST_TEST_KEY = KEY
})
afterAll(async () => {
  delete process.env.BIFROST_TEST_KEY
})

/** The key that the upstream gets when the provider is tested now. */
async function sentKeys(name: string): Promise<number> {
  const before = upstream.sentWith(KEY).length
  await client.send('POST', `/api/providers/${name}/refresh-models`)
  return upstream.sentWith(KEY).length - before
}

/** Every form in which a mask may come back (Bifrost contract, section 3.3). */
const shapes: [string, unknown][] = [
  ['a text', MASK],
  ['another text of that form', `xx-9${'*'.repeat(24)}zzzz`],
  ['stars', '********'],
  ['the constant', '<redacted>'],
  ['the constant in brackets', '[REDACTED]'],
  ['the constant in mixed case', '[Redacted]'],
  ['the object of profile B', { value: MASK, type: 'plain_text' }],
  ['the object of profile A', { value: MASK, env_var: '', from_env: false }],
]

describe('the mask (Bifrost contract, section 3.1)', () => {
  it.each([
    ['abc', '***'],
    ['12345678', '********'],
    ['123456789', `1234${'*'.repeat(24)}6789`],
    [KEY, MASK],
    ['us-east-1', `us-e${'*'.repeat(24)}st-1`],
    ['proxyuser', `prox${'*'.repeat(24)}user`],
    ['http://127.0.0.1:11434', `http${'*'.repeat(24)}1434`],
  ])('of %s is %s', async (value, masked) => {
    const { name } = await client.created({
      ...custom('https://x.invalid'),
      custom_provider_config: { base_provider_type: 'openai', allowed_requests: {} },
    })
    const key = await client.createdKey(name, { value })
    expect(key.value).toEqual({ value: masked, type: 'plain_text' })
    expect((await client.readKey(name, key.id)).value).toEqual(key.value)
  })
})

describe('a mask sent back never overwrites a key (Bifrost contract, section 3.4)', () => {
  it.each(shapes)('as %s', async (_what, value) => {
    const { name } = await client.created(custom(upstream.origin))
    const { id } = await client.createdKey(name, { value: KEY })
    const changed = await client.replacedKey(name, id, { value, weight: 0.5 })
    expect(changed).toMatchObject({ value: { value: MASK, type: 'plain_text' }, weight: 0.5, status: 'success' })
    expect(await sentKeys(name)).toBeGreaterThan(0)
  })

  it.each([SHORT_KEY, KEY])('as the mask of a key that another API stored: %s', async (value) => {
    const name = uniqueName('elsewhere')
    const create = 'mutation ($input: CreateProviderInput!) { createProvider(input: $input) { __typename } }'
    await gateway.ask(create, { input: { name, type: 'OPENAI_COMPAT', baseUrl: upstream.origin, apiKeys: [{ credential: { value } }] } })
    const [key] = (await client.send('GET', `/api/providers/${name}/keys`)).body.keys ?? []
    expect(key?.value.value).toMatch(/^.{4}[*]{24}.{4}$/)
    const before = upstream.sentWith(value).length
    expect(await client.replacedKey(name, key?.id ?? '', { ...key })).toMatchObject({ value: key?.value, status: 'success' })
    expect(upstream.sentWith(value).length).toBeGreaterThan(before)
  })

  it('and what merely looks like one is refused', async () => {
    const { name } = await client.created(custom(upstream.origin))
    const { id } = await client.createdKey(name, { value: KEY })
    for (const value of ['sk-a****key', 'sk-1...mnop']) expect((await client.putKey(name, id, { value })).status).toBe(400)
    expect((await client.postKey(name, { value: 'sk-a****key' })).status).toBe(400)
    expect(await sentKeys(name)).toBeGreaterThan(0)
  })

  it('and is refused where nothing is stored', async () => {
    const { name } = await client.created(custom(upstream.origin))
    const message = 'masked preview cannot be used for value without a stored value'
    expect(await client.refused('POST', `/api/providers/${name}/keys`, { value: MASK })).toEqual([400, message])
  })

  it('nor the secrets of a proxy', async () => {
    const proxy = { type: 'http', url: 'http://proxy.example.com:3128', username: 'proxyuser', password: 'proxy-password-1' }
    const { name, proxy_config } = await client.created({ proxy_config: proxy })
    expect(proxy_config).toEqual({
      type: 'http',
      url: { value: `http${'*'.repeat(24)}3128`, type: 'plain_text' },
      username: { value: `prox${'*'.repeat(24)}user`, type: 'plain_text' },
      password: { value: '<REDACTED>', type: 'plain_text' },
      ca_cert_pem: null,
    })
    expect((await client.replaced(name, { proxy_config })).proxy_config).toEqual(proxy_config)
    const read = 'query ($name: String!) { provider(by: { name: $name }) { network { proxy { url username hasPassword } } } }'
    expect(await gateway.ask(read, { name })).toEqual({
      provider: { network: { proxy: { url: proxy.url, username: 'proxyuser', hasPassword: true } } },
    })
    expect((await client.replaced(name)).proxy_config).toBeNull()
    expect((await client.read(name)).proxy_config).toBeNull()
  })

  it('nor what a proxy is asked with, nor a certificate, in whatever form the masks come back', async () => {
    const proxy = await startHttpProxy({ credentials: 'proxyuser:proxy-password-1', route: () => upstream.port })
    const pem = (await createAuthority()).caCertificate
    const url = `http://127.0.0.1:${proxy.port}`
    const given = { url, username: 'proxyuser', password: { value: 'proxy-password-1', type: 'plain_text' }, ca_cert_pem: pem }
    const fields = { ...custom(upstream.origin), proxy_config: { ...given, type: 'http' } }
    const made = await client.created({ ...fields, network_config: { base_url: upstream.origin, ca_cert_pem: `${pem.trimEnd()}\n` } })
    // The mask of a text that ends in a new line ends in it too (Bifrost contract, section 3.2).
    expect(made.network_config.ca_cert_pem).toBe(`----${'*'.repeat(24)}---\n`)
    await client.createdKey(made.name, { value: KEY })
    for (const [, mask] of shapes) {
      const network_config = { base_url: upstream.origin, ca_cert_pem: mask }
      const proxy_config = { type: 'http', url: mask, username: mask, password: mask, ca_cert_pem: mask }
      const kept = await client.replaced(made.name, { ...custom(upstream.origin), network_config, proxy_config })
      expect([kept.proxy_config, kept.network_config.ca_cert_pem]).toEqual([made.proxy_config, made.network_config.ca_cert_pem])
      const [before, sent] = [proxy.connections.length, await sentKeys(made.name)]
      expect(sent).toBeGreaterThan(0)
      expect(proxy.connections.slice(before).map(({ credentials }) => credentials)).toContain('proxyuser:proxy-password-1')
    }
    await proxy.close()
  })

  it.each(['network_config.ca_cert_pem', 'proxy_config.url', 'proxy_config.username', 'proxy_config.password', 'proxy_config.ca_cert_pem'])(
    'and means nothing for %s where nothing is stored',
    async (field) => {
      const [block = '', part = ''] = field.split('.')
      const usual = block === 'proxy_config' ? { type: 'http', url: 'http://proxy.example.com:3128' } : {}
      const { name } = await client.created()
      const message = `masked preview cannot be used for ${field} without a stored value`
      for (const mask of [MASK, '********', { value: '[redacted]', type: 'plain_text' }]) {
        const body = { concurrency_and_buffer_size: SIZES, [block]: { ...usual, [part]: mask } }
        expect(await client.refused('PUT', `/api/providers/${name}`, body)).toEqual([400, message])
        expect(await client.refused('POST', '/api/providers', { provider: uniqueName(), ...body })).toEqual([400, message])
      }
    },
  )
})

/** Objects of a secret that name none. */
const INCOMPLETE = [{}, { type: 'env' }, { value: 5 }, { ref: 'env.X' }, { env_var: 'env.X' }, { from_env: true }]

describe('secrets (Bifrost contract, sections 2.3 and 2.6)', () => {
  it('are read in the shapes of both profiles', async () => {
    const { name } = await client.created(custom(upstream.origin))
    const ofEither = [
      { value: KEY, type: 'plain_text' },
      { value: KEY, ref: null, type: 'plain_text' },
      { value: KEY, ref: '', type: 'plain_text' },
      { value: KEY, env_var: '', from_env: false },
    ]
    for (const value of [KEY, ...ofEither])
      expect(await client.createdKey(name, { value })).toMatchObject({ value: { value: MASK, type: 'plain_text' }, status: 'success' })
  })

  it('that are objects of no such form stand for their own text, as the key of a service account does', async () => {
    const { name } = await client.created({ provider: 'vertex' })
    const auth_credentials = { type: 'service_account', private_key: 'planted-private-key' }
    const key = await client.createdKey(name, { value: null, enabled: false, vertex_key_config: { auth_credentials } })
    expect(key.vertex_key_config).toEqual({ auth_credentials: { value: `{"ty${'*'.repeat(24)}ey"}`, type: 'plain_text' } })
    const again = await client.replacedKey(name, key.id, { ...key })
    expect(again.vertex_key_config).toEqual(key.vertex_key_config)
    const { body } = await client.postKey(name, { value: { note: 'a text' }, enabled: false })
    expect(body.value).toEqual({ value: `{"no${'*'.repeat(24)}xt"}`, type: 'plain_text' })
  })

  it('are gone where they are null or empty', async () => {
    const { name } = await client.created({ provider: 'gemini' })
    for (const value of [
      null,
      '',
      { value: null, type: 'plain_text' },
      { value: '', env_var: '', from_env: false },
      { ref: '', type: 'env' },
      ...INCOMPLETE,
    ])
      expect(await client.refused('POST', `/api/providers/${name}/keys`, { value })).toEqual([400, 'Key value must not be empty'])
    const { id, value: kept } = await client.createdKey(name, { enabled: false })
    for (const value of ['', ...INCOMPLETE])
      expect(await client.refused('PUT', `/api/providers/${name}/keys/${id}`, { value })).toEqual([400, 'Key value must not be empty'])
    expect((await client.readKey(name, id)).value).toEqual(kept)
  })

  it('may not be references where the gateway cannot follow them', async () => {
    const { name } = await client.created()
    for (const [field, value] of [
      ['proxy_config.url', 'env.PROXY_URL'],
      ['proxy_config.password', { value: '', ref: 'vault.p', type: 'vault' }],
      ['network_config.ca_cert_pem', { value: '', env_var: 'env.CA', from_env: true }],
    ] as const) {
      const [block = '', part = ''] = field.split('.')
      const body = { concurrency_and_buffer_size: SIZES, [block]: { [part]: value } }
      const message = `references are not supported for ${field}; give the value`
      expect(await client.refused('PUT', `/api/providers/${name}`, body)).toEqual([400, message])
    }
  })

  it('may not hide in the certificate of a proxy, which is shown in the open', async () => {
    for (const ca_cert_pem of ['sk-not-a-certificate-0001', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'])
      for (const body of [{ proxy_config: { ca_cert_pem } }, { network_config: { ca_cert_pem } }]) {
        const [status, message] = await client.refused('POST', '/api/providers', { provider: uniqueName(), ...body })
        expect([status, message]).toEqual([400, expect.stringMatching(/^Invalid (proxy|network)_config\.ca_cert_pem: This/)])
      }
  })

  it('may be in an environment variable that the operator lists', async () => {
    const { name } = await client.created(custom(upstream.origin))
    const message = 'environment variable NOT_LISTED is not allowed; the operator lists allowed names in SECRET_ENV_ALLOW'
    expect(await client.refused('POST', `/api/providers/${name}/keys`, { value: 'env.NOT_LISTED' })).toEqual([400, message])
    expect(await client.refused('POST', `/api/providers/${name}/keys`, { value: 'env.BIFROST_UNSET' })).toEqual([
      400,
      'Key value must not be empty',
    ])
    for (const value of [
      'env.BIFROST_TEST_KEY',
      { value: '', ref: 'env.BIFROST_TEST_KEY', type: 'env' },
      { value: '', env_var: 'env.BIFROST_TEST_KEY', from_env: true },
      { env_var: 'env.BIFROST_TEST_KEY', from_env: true },
    ])
      expect(await client.createdKey(name, { value })).toMatchObject({ value: { value: '', ref: 'env.BIFROST_TEST_KEY', type: 'env' } })
  })

  it('of vendors are sealed, masked, kept by their masks, and used', async () => {
    const { name } = await client.created({ provider: 'azure' })
    const azure_key_config = {
      endpoint: 'https://corp.openai.azure.com',
      client_id: 'client-id-0001',
      client_secret: 'azure-client-secret-1',
      tenant_id: 'tenant-0001',
      scopes: ['a'],
    }
    const key = await client.createdKey(name, { value: null, azure_key_config, enabled: false })
    expect(key.azure_key_config).toEqual({
      endpoint: { value: 'https://corp.openai.azure.com', type: 'plain_text' },
      client_id: { value: `clie${'*'.repeat(24)}0001`, type: 'plain_text' },
      client_secret: { value: `azur${'*'.repeat(24)}et-1`, type: 'plain_text' },
      tenant_id: { value: `tena${'*'.repeat(24)}0001`, type: 'plain_text' },
      scopes: ['a'],
    })
    const again = await client.replacedKey(name, key.id, { ...key, enabled: false })
    expect(again).toEqual(key)
    const lost = { endpoint: 'https://corp.openai.azure.com', client_secret: '********' }
    const other = await client.createdKey(name, { azure_key_config: { endpoint: 'https://corp.openai.azure.com' }, enabled: false })
    expect(await client.refused('PUT', `/api/providers/${name}/keys/${other.id}`, { azure_key_config: lost })).toEqual([
      400,
      'masked preview cannot be used for azure_key_config.client_secret without a stored value',
    ])
  })

  it('may name an endpoint for one key, which is where that key is tested', async () => {
    const { name } = await client.created({ provider: 'vllm', network_config: { base_url: 'https://elsewhere.invalid' } })
    const vllm_key_config = { url: upstream.origin, model_name: 'm' }
    const key = await client.createdKey(name, { value: KEY, vllm_key_config })
    expect(key).toMatchObject({ status: 'success', vllm_key_config: { url: { type: 'plain_text' }, model_name: 'm' } })
    expect(key.vllm_key_config).not.toMatchObject({ url: { value: upstream.origin } })
    const editor = bifrostClient(gateway, await gateway.token('EDITOR'))
    const moved = { value: MASK, vllm_key_config: { url: 'https://thief.example', model_name: 'm' } }
    expect((await editor.putKey(name, key.id, moved)).status).toBe(400)
    expect((await editor.putKey(name, key.id, { ...moved, vllm_key_config: key.vllm_key_config })).status).toBe(200)
    expect(await sentKeys(name)).toBeGreaterThan(0)
  })

  it('are in no answer, log line or file of the database', async () => {
    const { name } = await client.created({
      proxy_config: { type: 'http', url: 'http://proxy.example.com:3128', username: 'u', password: 'never-shown-password' },
    })
    const vllm = await client.created({ provider: uniqueName('plain') })
    const texts = [
      JSON.stringify(vllm),
      (await client.get(name)).text,
      (await client.send('GET', '/api/providers')).text,
      (await client.send('GET', '/api/keys')).text,
    ]
    const graphql = await gateway.graphql(
      '{ providers(first: 50) { nodes { extensions apiKeys { nodes { masked longMask extensions credentialParts { masked } endpoint region roleArn externalId } } } } }',
    )
    const files = await Promise.all(
      [gateway.databaseFile, `${gateway.databaseFile}-wal`].map((file) => readFile(file, 'latin1').catch(() => '')),
    )
    for (const text of [...texts, graphql.text, ...files, ...log])
      for (const secret of [KEY, 'azure-client-secret-1', 'proxy-password-1', 'never-shown-password'])
        expect(text.includes(secret)).toBe(false)
  })
})
