import { beforeAll, describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { maskInMiddle, maskKey } from '../../src/api-keys/mask.ts'
import { generateKeyText } from '../../src/crypto/keyring.ts'
import { VENDOR_CONFIGS } from '../../src/rest/bifrost/vendor-configs.ts'
import { runCommand } from '../support/command-line.ts'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'
import { writerOf } from '../support/providers.ts'
import { withStore } from '../support/store.ts'
import { otherDatabaseKind } from '../support/test-database.ts'
import { createAuthority } from '../support/upstream/certificates.ts'
import { useGateway } from '../support/use.ts'

/** Every secret that the providers are made with: the test finds it again by its mask. */
const ROLE = 'arn:aws:iam::123456789012:role/Models'
const secrets: string[] = ['us-east-1', ROLE]
const KWARGS = {
  base_url: 'http://relay.example.com/v1',
  timeout: 12,
  temperature: 0.5,
  headers: { 'X-Api-Key': secretOf('kwargs-header') },
}

function secretOf(name: string): string {
  const secret = `${name.replaceAll(/[^a-z0-9]/g, '').slice(-4)}-fixture-of-a-round-trip-${secrets.length.toString().padStart(4, '0')}`
  secrets.push(secret)
  return secret
}

const environment = { OUTBOUND_ALLOW: '', SECRET_ENV_ALLOW: 'ROUND_TRIP_KEY,ROUND_TRIP_URL', ENCRYPTION_KEYS: generateKeyText() }
let caCertificate: string
const source = useGateway({ environment })
beforeAll(async () => {
  Object.assign(process.env, { ROUND_TRIP_KEY: 'sk-in-a-variable-0001', ROUND_TRIP_URL: 'https://vllm.example.com' })
  caCertificate = (await createAuthority()).caCertificate
})

async function send(method: string, path: string, body: unknown): Promise<{ id?: string }> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${source.adminToken}` }
  const response = await source.fetch(path, { method, headers, body: JSON.stringify(body) })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path} ${JSON.stringify(body)} → ${response.status} ${text}`)
  return JSON.parse(text)
}

const TYPES = ['anthropic', 'azure', 'bedrock', 'copilot', 'google', 'openai', 'openai-compat', 'openrouter', 'vercel'] as const

async function makeInCoder(): Promise<void> {
  const post = (body: object) => send('POST', '/api/v2/ai/providers', body)
  for (const type of TYPES)
    await post({
      ...{
        type,
        name: `coder-${type}`,
        display_name: `Coder's ${type}`,
        icon: '🤖',
        base_url: `http://${type}.example.com/v1`,
        enabled: true,
      },
      ...(type === 'bedrock' || type === 'copilot' ? {} : { api_keys: [secretOf(`coder-${type}`), secretOf(`${type}-2`)] }),
      ...(type === 'bedrock'
        ? { settings: { _type: 'bedrock', _version: 1, region: 'us-east-1', role_arn: ROLE, protocol: 'mantle' } }
        : {}),
    })
  const pair = { access_key: secretOf('coder-pair'), access_key_secret: secretOf('coder-half') }
  const settings = { _type: 'bedrock', _version: 1, region: 'eu-west-1', model: 'm', small_fast_model: 's', ...pair }
  await post({ type: 'anthropic', name: 'coder-pair', base_url: 'https://bedrock-runtime.eu-west-1.amazonaws.com', settings })
  await post({ type: 'openai', name: 'openai', base_url: 'https://api.openai.com/v1 ', api_keys: [secretOf('openai')] })
  const half = { _type: 'bedrock', _version: 1, region: 'eu-west-1', access_key: secretOf('coder-lone') }
  await post({ type: 'bedrock', name: 'coder-half', base_url: 'https://bedrock-runtime.eu-west-1.amazonaws.com', settings: half })
  const twice = secretOf('twice')
  await post({ type: 'openai', name: 'coder-odd', base_url: 'https://api.openai.com/v1 (main)，b', api_keys: [twice, twice] })
}

async function makeInBifrost(): Promise<void> {
  const sizes = { concurrency_and_buffer_size: { concurrency: 10, buffer_size: 100 } }
  for (const provider of ['azure', 'bedrock', 'vertex', 'vllm', 'ollama', 'sgl', 'replicate', 'gemini', 'groq', 'cohere'])
    await send('PUT', `/bifrost/api/providers/${provider}`, sizes)
  const configs = {
    azure: 'azure',
    vertex: 'vertex',
    bedrock: 'bedrock',
    vllm: 'vllm',
    ollama: 'ollama',
    sgl: 'sgl',
    replicate: 'replicate',
  } as const
  for (const [provider, vendor] of Object.entries(configs)) {
    const name = `${vendor}_key_config` as keyof typeof VENDOR_CONFIGS
    const config = Object.fromEntries(VENDOR_CONFIGS[name].secrets.map((part) => [part, partOf(part, `${provider}-${part}`)]))
    const plain = {
      model_name: 'llama',
      api_version: '2024-10-21',
      scopes: ['a'],
      force_single_region: true,
      use_deployments_endpoint: true,
    }
    const known = Object.fromEntries(
      VENDOR_CONFIGS[name].plain.flatMap((part) => (part in plain ? [[part, Reflect.get(plain, part)]] : [])),
    )
    await send('POST', `/bifrost/api/providers/${provider}/keys`, {
      ...{ name: `${provider}-key`, value: secretOf(`${provider}-value`), weight: 0.25, models: ['a', 'b'], blacklisted_models: ['c'] },
      ...{ enabled: provider !== 'azure', aliases: { fast: 'slow' }, [name]: { ...config, ...known } },
    })
  }
  const parts = { access_key: secretOf('second-access'), secret_key: secretOf('second-secret'), region: 'eu-central-1' }
  await send('POST', '/bifrost/api/providers/bedrock/keys', { name: 'no-value', value: '', models: ['*'], bedrock_key_config: parts })
  await send('POST', '/bifrost/api/providers/vllm/keys', {
    ...{ name: 'in-variables', value: 'env.ROUND_TRIP_KEY', models: [] },
    vllm_key_config: { url: 'env.ROUND_TRIP_URL', model_name: 'llama' },
  })
  await send('POST', '/bifrost/api/providers', {
    ...{ provider: 'bifrost-custom', send_back_raw_request: true, openai_config: { disable_store: true } },
    network_config: {
      ...{ base_url: 'http://127.0.0.1:9/v1', extra_headers: { 'X-Api-Key': secretOf('custom-header'), 'X-Team': 'a' } },
      ...{ default_request_timeout_in_seconds: 45, max_retries: 3, retry_backoff_initial: 100, retry_backoff_max: 900 },
      ...{ insecure_skip_verify: true, ca_cert_pem: caCertificate, allow_private_network: true, max_conns_per_host: 7 },
    },
    proxy_config: { type: 'http', url: 'http://proxy.example.com:3128', username: 'me', password: secretOf('proxy_password') },
    custom_provider_config: {
      ...{ base_provider_type: 'openai', is_key_less: false, allowed_requests: { list_models: true, chat_completion: true } },
      request_path_overrides: { list_models: '/other/models' },
    },
  })
  await send('POST', '/bifrost/api/providers', {
    ...{ provider: 'bifrost-keyless', custom_provider_config: { base_provider_type: 'anthropic', is_key_less: true } },
    ...{ network_config: { base_url: 'https://keyless.example.com' }, proxy_config: { type: 'environment' } },
  })
}

const partOf = (part: string, name: string): string => {
  if (part === 'url' || part === 'endpoint') return `http://${name.replace('_', '-')}.example.com`
  if (part === 'region') return 'us-east-1'
  if (part === 'role_arn' || part === 'batch_role_arn') return ROLE
  return part === 'external_id' ? 'an-id-of-the-customer' : secretOf(name)
}

async function makeElsewhere(): Promise<void> {
  await send('POST', '/ziri/api/providers', {
    name: 'ziri',
    apiKey: secretOf('ziri'),
    metadata: { baseUrl: 'http://10.0.0.9/v1', team: { a: [1] } },
  })
  await send('POST', '/ziri/api/providers', { name: 'ziri-unknown', apiKey: secretOf('ziri-unknown') })
  await send('POST', '/respan/api/providers/', {
    provider_id: 'respan',
    provider_name: 'R',
    api_key: secretOf('respan'),
    extra_kwargs: KWARGS,
  })
  await send('POST', '/respan/api/providers/', { provider_id: 'respan-placeholder', provider_name: 'P' })
  const admin = writerOf(source)
  await admin.created({
    ...{ name: 'graphql', type: 'ANTHROPIC', baseUrl: 'https://relay.example.com', authentication: 'x-relay-key', modelsPath: 'v2/models' },
    ...{ callRoutes: 'ALL', callHeaders: ['x-run', 'x-team'] },
    ...{ testAfterWrites: 'NEVER', displayName: 'Relay', icon: 'https://example.com/i.png', enabled: false },
    apiKeys: [
      { credential: { value: secretOf('graphql') }, name: 'main', weight: 3 },
      { credential: { environmentVariable: 'ROUND_TRIP_KEY' }, enabled: false },
    ],
    network: { proxy: { type: 'SOCKS5', url: 'socks5://proxy.example.com:1080' }, timeoutMs: 5_000, caCertificate },
  })
  await admin.created({ name: 'groqs', type: 'OPENAI_COMPAT' })
  await source.ask('mutation { upsertProvider(input: { name: "groqs", baseUrl: "" }) { __typename } }')
}

/** Everything that is stored, but for what belongs to one gateway alone: numbers, dates, versions, tests, ids of providers and of sealed values. */
async function stateOf(gateway: TestGateway): Promise<unknown> {
  const rows = await withStore(gateway, (store) =>
    store.provider.findMany({
      where: { deletedAt: null },
      orderBy: { name: 'asc' },
      include: { apiKeys: { orderBy: { number: 'asc' } }, secrets: { select: { field: true }, orderBy: { field: 'asc' } } },
    }),
  )
  const own = [
    'number',
    'providerId',
    'version',
    'createdAt',
    'updatedAt',
    'endpointChangedAt',
    'lastConnectionTestId',
    'valueId',
    'availabilityResets',
  ]
  return rows.map(({ id: _, ...row }) => JSON.parse(JSON.stringify(row, (name, value) => (own.includes(name) ? undefined : value))))
}

/** The variables that a template names, with the secrets that belong there. */
function variablesOf(template: string, masked: string): Record<string, string> {
  const masks = new Map(secrets.flatMap((secret) => [[maskKey(secret), secret] as const, [maskInMiddle(secret), secret] as const]))
  const variables: Record<string, string> = {}
  const walk = (one: unknown, other: unknown) => {
    if (typeof one !== 'object' || one === null || typeof other !== 'object' || other === null) return
    for (const [name, value] of Object.entries(one)) {
      if (name === 'valueFrom') variables[value.env] = masks.get(Reflect.get(other, 'masked')) ?? ''
      else walk(value, Reflect.get(other, name))
    }
  }
  walk(parse(template), parse(masked))
  const named = {
    CODER_PAIR_ACCESS_KEY: 'pair',
    CODER_HALF_ACCESS_KEY: 'lone',
    CODER_PAIR_ACCESS_KEY_SECRET: 'half',
    BIFROST_CUSTOM_PROXY_PASSWORD: 'word',
  }
  for (const [name, start] of Object.entries(named)) variables[name] = secrets.find((secret) => secret.startsWith(start)) ?? ''
  return { ...variables, RESPAN_RESPAN_EXTRA_KWARGS: JSON.stringify(KWARGS) }
}

describe('what the product exports it applies', () => {
  let template: string
  let told: string
  let variables: Record<string, string>
  beforeAll(async () => {
    await makeInCoder()
    await makeInBifrost()
    await makeElsewhere()
    const exported = await runCommand(['export', '--variables'], { environment: { ...source.shared, ...environment } })
    expect(exported.exitCode).toBe(0)
    template = exported.output
    told = exported.errors
    variables = variablesOf(template, (await runCommand(['export'], { environment: { ...source.shared, ...environment } })).output)
  })

  test('on the other database, to the last column and secret, and a second time it changes nothing', async () => {
    const target = await startTestGateway({ environment, database: otherDatabaseKind() })
    try {
      const there = { environment: { ...target.shared, ...environment, ...variables }, input: template }
      const applied = await runCommand(['apply', '-f', '-'], there)
      expect({ exitCode: applied.exitCode, errors: applied.errors }).toEqual({ exitCode: 0, errors: '' })
      expect(await stateOf(target)).toEqual(await stateOf(source))
      // It compares each value with the stored one, so no secret got lost or took another's place.
      const again = await runCommand(['apply', '-f', '-', '--json'], there)
      const { plan } = JSON.parse(again.output)
      expect(plan.filter(({ action }: { action: string }) => action !== 'keep')).toEqual([])
      // PostgreSQL keeps the members of an object in another order.
      expect(parse((await runCommand(['export', '--variables'], there)).output)).toEqual(parse(template))
    } finally {
      await target.close()
    }
  })

  test('and applied to the same gateway it changes nothing', async () => {
    const here = { environment: { ...source.shared, ...environment } }
    const { output } = await runCommand(['export'], here)
    const { exitCode, errors, output: said } = await runCommand(['apply', '-f', '-'], { ...here, input: output })
    expect({ exitCode, errors, said }).toEqual({
      exitCode: 0,
      errors: '',
      said: expect.stringMatching(/^0 to create, 0 to change, 0 to delete/),
    })
  })

  test('and what a file may not say by itself is told on standard error, with the reason', () => {
    const lines = told.split('\n')
    const noteOf = (name: string) => lines.filter((line) => line.startsWith(`${name}: `)).join('\n')
    expect(noteOf('coder-openai')).toContain('asStored: true')
    expect(noteOf('coder-openai')).toContain('Plain http://')
    expect(noteOf('openai')).toContain('would be changed before it is sent')
    expect(noteOf('coder-odd')).toContain('the same key value twice')
    expect(noteOf('graphql')).toContain('SECRET_ENV_ALLOW')
    expect(noteOf('coder-pair')).toBe('')
    const { providers } = parse(template)
    const flagged = providers.filter(({ asStored }: { asStored?: boolean }) => asStored).map(({ name }: { name: string }) => name)
    expect(flagged).not.toContain('graphql')
    expect(flagged).not.toContain('ziri')
  })

  test('but a person who writes the same by hand is told that it cannot be used', async () => {
    const { providers } = parse(template)
    const odd = providers
      .filter(({ name }: { name: string }) => name === 'openai')
      .map(({ asStored: _, ...provider }: Record<string, unknown>) => provider)
    const target = await startTestGateway({ environment })
    try {
      const there = { environment: { ...target.shared, ...environment, ...variables }, input: stringify({ providers: odd }) }
      expect(await runCommand(['apply', '-f', '-'], there)).toMatchObject({
        exitCode: 1,
        errors: expect.stringContaining('openai: baseUrl: '),
      })
    } finally {
      await target.close()
    }
  })
})
