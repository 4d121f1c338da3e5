import { beforeAll, describe, expect, it } from 'vitest'
import { bifrostClient, SIZES, uniqueKey, uniqueName } from '../../support/bifrost-client.ts'
import { useGateway } from '../../support/use.ts'

const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback', SECRET_ENV_ALLOW: 'BIFROST_SHAPE' } })
const client = bifrostClient(gateway)
beforeAll(async () => {
  await client.put('openai', { concurrency_and_buffer_size: SIZES })
})

/** How releases wrote a text, those of 1.5 first; what is no secret is written so by some of them too. */
const FORMS: readonly (readonly [string, (value: string) => unknown])[] = [
  ['text', (value) => value],
  ['the object of 1.5', (value) => ({ value, env_var: '', from_env: false })],
  ['the object of 1.6', (value) => ({ value, type: 'plain_text' })],
  ['the object of 1.6 with an empty reference', (value) => ({ value, ref: '', type: 'plain_text' })],
  ['an object with the value alone', (value) => ({ value })],
]
const REFERENCES = [
  ['1.5', { value: '', env_var: 'env.BIFROST_SHAPE', from_env: true }],
  ['1.6', { value: '', ref: 'env.BIFROST_SHAPE', type: 'env' }],
  ['a vault', { value: '', ref: 'vault.shape', type: 'vault' }],
] as const

describe.each(FORMS)('what is no secret, written as %s', (_form, write) => {
  const configs = {
    azure_key_config: {
      endpoint: write('https://shapes.openai.azure.com'),
      api_version: write('2024-10-21'),
      scopes: [write('https://cognitiveservices.azure.com/.default')],
    },
    bedrock_key_config: {
      region: write('us-east-1'),
      endpoints: { runtime: write('https://bedrock.example.com') },
      batch_s3_config: { buckets: [{ bucket_name: write('batches'), prefix: write('in'), is_default: true }] },
    },
    bedrock_mantle_key_config: { endpoints: { mantle: write('https://mantle.example.com') } },
    vllm_key_config: { url: write('http://127.0.0.1:9/vllm'), model_name: write('llama') },
  }
  const shown = {
    azure_key_config: { api_version: '2024-10-21', scopes: ['https://cognitiveservices.azure.com/.default'] },
    bedrock_key_config: {
      endpoints: { runtime: 'https://bedrock.example.com' },
      batch_s3_config: { buckets: [{ bucket_name: 'batches', prefix: 'in', is_default: true }] },
    },
    bedrock_mantle_key_config: { endpoints: { mantle: 'https://mantle.example.com' } },
    vllm_key_config: { model_name: 'llama' },
  }

  it('is taken in a key, and shown as text after a POST and a PUT', async () => {
    const key = await client.createdKey('openai', { value: write(uniqueKey()), enabled: false, ...configs })
    expect(key).toMatchObject(shown)
    expect(await client.readKey('openai', key.id)).toMatchObject(shown)
    const changed = { ...configs, azure_key_config: { ...configs.azure_key_config, api_version: write('2025-01-01') } }
    expect(await client.replacedKey('openai', key.id, { value: key.value, enabled: false, ...changed })).toMatchObject({
      ...shown,
      azure_key_config: { api_version: '2025-01-01' },
    })
  })

  it('is taken in a provider, and in the keys that come with it', async () => {
    const fields = {
      network_config: { base_url: write('http://127.0.0.1:9'), extra_headers: { 'x-title': write('Shapes') } },
      custom_provider_config: { base_provider_type: 'openai', request_path_overrides: { list_models: write('/v1/models') } },
    }
    const given = { network_config: { base_url: 'http://127.0.0.1:9', extra_headers: { 'x-title': 'Shapes' } } }
    const custom_provider_config = { request_path_overrides: { list_models: '/v1/models' } }
    const keys = [{ value: write(uniqueKey()), enabled: false, azure_key_config: configs.azure_key_config }]
    const { name, ...provider } = await client.created({ provider: uniqueName('shape'), ...fields, keys })
    expect(provider).toMatchObject({ ...given, custom_provider_config })
    expect(await client.replaced(name, fields)).toMatchObject({ ...given, custom_provider_config })
    const { body } = await client.send('GET', `/api/providers/${name}/keys`)
    expect(body.keys).toMatchObject([{ azure_key_config: shown.azure_key_config }])
  })
})

describe('a reference in place of what is no secret', () => {
  it.each(REFERENCES)('is refused, as nothing would follow it: %s', async (_release, reference) => {
    const value = uniqueKey()
    for (const config of [
      { azure_key_config: { endpoint: 'https://a.example.com', api_version: reference } },
      { vllm_key_config: { model_name: reference } },
    ])
      expect((await client.refused('POST', '/api/providers/openai/keys', { value, ...config }))[0]).toBe(400)
    for (const network_config of [{ base_url: reference }, { extra_headers: { 'x-title': reference } }])
      expect(await client.refused('POST', '/api/providers', { provider: uniqueName('shape'), network_config })).toEqual([
        400,
        'Invalid request payload',
      ])
  })

  it.each([{}, { value: 5 }, { value: null }, { other: 'text' }, [[]], { value: ['a'] }])(
    'and so is what is no text: %j',
    async (value) => {
      const key = { value: uniqueKey(), vllm_key_config: { url: 'http://127.0.0.1:9', model_name: value } }
      expect((await client.refused('POST', '/api/providers/openai/keys', key))[0]).toBe(400)
      const provider = { provider: uniqueName('shape'), network_config: { base_url: value } }
      expect((await client.refused('POST', '/api/providers', provider))[0]).toBe(400)
    },
  )
})
