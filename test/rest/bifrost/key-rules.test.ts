import { beforeAll, describe, expect, it } from 'vitest'
import { bifrostClient, custom, providerForKeys, SIZES } from '../../support/bifrost-client.ts'
import { useGateway } from '../../support/use.ts'

let name: string
const gateway = useGateway()
const client = bifrostClient(gateway)
beforeAll(async () => {
  name = await providerForKeys(client)
})

const postKey = (body: unknown, provider = name) => client.refused('POST', `/api/providers/${provider}/keys`, body)

describe('the message catalogue of keys (Bifrost contract, section 1.2)', () => {
  it.each<[string, unknown, string]>([
    ['no JSON', '[', 'Invalid request payload'],
    ['a negative weight', { value: 'sk-x', weight: -1 }, 'Invalid request payload'],
    ['an id that is no UUID', { id: 'one', value: 'sk-x' }, 'Invalid key id: must be a UUID'],
    ['no value', {}, 'Key value must not be empty'],
    ['an empty value', { value: { value: '', type: 'plain_text' } }, 'Key value must not be empty'],
    [
      'a mixed blacklist',
      { value: 'sk-x', blacklisted_models: ['*', 'a'] },
      "Invalid blacklisted_models: wildcard '*' cannot be used with other values in the blacklist",
    ],
    [
      'a repeated blacklist',
      { value: 'sk-x', blacklisted_models: ['a', 'A'] },
      "Invalid blacklisted_models: duplicate value 'A' in blacklist",
    ],
    [
      'mixed models',
      { value: 'sk-x', models: ['*', 'a'] },
      "Invalid models: wildcard '*' cannot be used with other values in the whitelist",
    ],
    ['repeated models', { value: 'sk-x', models: ['a', 'A'] }, "Invalid models: duplicate value 'A' in whitelist"],
    ['an alias of nothing', { value: 'sk-x', aliases: { a: ' ' } }, 'Invalid aliases: alias "a": model_id cannot be empty'],
    [
      'an alias without a model',
      { value: 'sk-x', aliases: { a: { region: 'x' } } },
      'Invalid aliases: alias "a": model_id cannot be empty',
    ],
    ['an alias without a name', { value: 'sk-x', aliases: { ' ': 'a' } }, 'Invalid aliases: alias source cannot be empty'],
    [
      'blanks around an alias',
      { value: 'sk-x', aliases: { ' a': 'x' } },
      'Invalid aliases: alias source " a" cannot have leading or trailing whitespace',
    ],
    [
      'blanks around its model',
      { value: 'sk-x', aliases: { a: { model_id: 'x ' } } },
      'Invalid aliases: alias "a": model_id cannot have leading or trailing whitespace',
    ],
    [
      'aliases that differ in case',
      { value: 'sk-x', aliases: { a: 'x', A: 'y' } },
      'Invalid aliases: duplicate alias source "A" (case-insensitive)',
    ],
    [
      'what only aliases of another vendor have',
      { value: 'sk-x', aliases: { a: { model_id: 'x', inference_profile_arn: 'arn' } } },
      'Invalid aliases: alias "a": bedrock sub-config is only valid on Bedrock keys (got provider "openai")',
    ],
    ['a vault', { value: 'vault.path' }, 'vault references are not supported for value'],
    [
      'a mask of another API',
      { value: 'sk-f...dddd' },
      'Invalid value: this is not a mask that this API shows; send back the mask as it was read, or the full value',
    ],
    ['another type of value', { value: 1 }, 'Invalid request payload'],
    ['a whole null', 'null', 'Key value must not be empty'],
    [
      'a weight beyond all sense',
      { value: 'sk-weight-000000', weight: 1e308 },
      'Invalid weight: The weight must be a number from 0 to 1,000,000.',
    ],
    [
      'a vendor configuration of another form',
      { value: 'sk-form-00000000', bedrock_key_config: { endpoints: { runtime: 5 } } },
      'Invalid bedrock_key_config.endpoints.runtime: Bifrost has no such setting of a key, or it has another form.',
    ],
  ])('refuses %s, in POST and in PUT', async (_what, body, message) => {
    expect(await postKey(body)).toEqual([400, message])
    const { id } = await client.createdKey(name)
    // In a PUT the path says which key it is.
    const isAboutId = message.includes('key id')
    const answer = await client.send('PUT', `/api/providers/${name}/keys/${id}`, { body })
    expect([answer.status, answer.body.error?.message]).toEqual(isAboutId ? [200, undefined] : [400, message])
  })

  it('comes in the order of Bifrost, which is another one for PUT', async () => {
    await client.put('sgl', { concurrency_and_buffer_size: SIZES })
    const named = { sgl_key_config: { url: 'http://127.0.0.1:9' } }
    const { id } = await client.createdKey('sgl', { ...named, value: null, enabled: false })
    const faults: [string, object, string][] = [
      ['', { weight: -1 }, 'Invalid request payload'],
      ['sgl', { value: '********' }, 'masked preview cannot be used for value without a stored value'],
      ['sgl', {}, 'sgl_key_config.url is required for SGL keys'],
      ['sgl', named, 'Invalid blacklisted_models: duplicate value'],
      ['sgl', { blacklisted_models: [] }, 'Invalid aliases'],
      ['sgl', { aliases: {} }, 'Invalid models: duplicate value'],
    ]
    let body: object = { value: '********', models: ['a', 'a'], blacklisted_models: ['a', 'a'], aliases: { '': 'x' } }
    for (const [, change, message] of faults) {
      expect((await postKey({ ...body, ...change }, 'sgl'))[1]).toContain(message)
      body = { ...body, ...change, ...('weight' in change ? { weight: 1 } : {}), ...('value' in change ? { value: null } : {}) }
    }
    const put = (change: object) => client.refused('PUT', `/api/providers/sgl/keys/${id}`, { models: [], ...change })
    const wrong = { blacklisted_models: ['a', 'a'], aliases: { '': 'x' } }
    expect((await put({ ...wrong, value: '********' }))[1]).toContain('masked preview')
    expect((await put(wrong))[1]).toContain('Invalid blacklisted_models')
    expect((await put({ aliases: wrong.aliases }))[1]).toContain('Invalid aliases')
    expect((await put({}))[1]).toBe('sgl_key_config.url is required for SGL keys')
    expect(await client.refused('PUT', '/api/providers/nobody/keys/x', '{')).toEqual([400, 'Invalid request payload'])
    expect(await client.refused('PUT', '/api/providers/nobody/keys/x', {})).toEqual([404, 'Provider not found: not found'])
  })

  it.each([
    ['ollama', { value: 'k' }, 'ollama_key_config.url is required for Ollama keys'],
    ['sgl', {}, 'sgl_key_config.url is required for SGL keys'],
    ['azure', {}, 'azure_key_config.endpoint is required for Azure keys'],
    ['bedrock', {}, 'bedrock_key_config.region is required for Bedrock keys'],
    ['vllm', {}, 'vllm_key_config.url is required for VLLM keys'],
    ['vllm', { vllm_key_config: { url: 'http://127.0.0.1:1' } }, 'vllm_key_config.model_name is required for VLLM keys'],
  ])('asks for what keys of %s need', async (provider, body, message) => {
    await client.put(provider, { concurrency_and_buffer_size: SIZES })
    expect(await postKey(body, provider)).toEqual([400, message])
  })

  it.each(['vertex', 'bedrock', 'vllm', 'azure', 'ollama', 'sgl'])('lets keys of %s be without a value', async (provider) => {
    await client.put(provider, { concurrency_and_buffer_size: SIZES })
    const parts = { azure: { endpoint: 'https://a.example' }, bedrock: { region: 'us-east-1' } }
    const config = new Map<string, object>(Object.entries(parts)).get(provider) ?? { url: 'http://127.0.0.1:9', model_name: 'm' }
    const key = await client.createdKey(provider, { value: null, enabled: false, [`${provider}_key_config`]: config })
    expect(key.value).toEqual({ value: '', type: 'plain_text' })
    expect((await client.replacedKey(provider, key.id, { ...key, value: '' })).value).toEqual(key.value)
    // What is left out is gone, not kept.
    const given = await client.replacedKey(provider, key.id, { ...key, value: 'sk-given-and-taken-back-0001' })
    expect(given.value.value).toMatch(/^sk-g/)
    expect((await client.replacedKey(provider, key.id, { ...given, value: '' })).value).toEqual(key.value)
  })

  it('goes by what a custom provider is based on', async () => {
    const { name: based } = await client.created({ custom_provider_config: { base_provider_type: 'bedrock' } })
    expect(await postKey({}, based)).toEqual([400, 'bedrock_key_config.region is required for Bedrock keys'])
    await client.createdKey(based, { value: null, enabled: false, bedrock_key_config: { region: 'eu-west-1' } })
    const { name: anthropic } = await client.created({ custom_provider_config: { base_provider_type: 'anthropic' } })
    expect(await postKey({}, anthropic)).toEqual([400, 'Key value must not be empty'])
  })

  it.each([
    ['of another kind of address', 'http://169.254.169.254'],
    ['with a password in it', 'https://user:planted-password@x.example'],
    ['that is no URL', 'junk'],
  ])('takes no endpoint for one key %s', async (_what, url) => {
    for (const [provider, config, part] of [
      ['ollama', 'ollama_key_config', 'url'],
      ['azure', 'azure_key_config', 'endpoint'],
    ] as const) {
      await client.put(provider, { concurrency_and_buffer_size: SIZES })
      const [status, message] = await postKey({ value: 'sk-endpoint-000000', [config]: { [part]: url } }, provider)
      expect([status, message]).toEqual([400, expect.stringContaining(`Invalid ${config}.${part}: The`)])
      expect(message).not.toContain('planted-password')
    }
  })

  it('takes the keys of Bedrock', async () => {
    await client.put('bedrock', { concurrency_and_buffer_size: SIZES })
    const bedrock_key_config = { access_key: 'AKIA0000000000000001', secret_key: 'bedrock-secret-key-1', region: 'us-east-1' }
    const key = await client.createdKey('bedrock', { bedrock_key_config, enabled: false })
    expect(key.bedrock_key_config).toMatchObject({ region: { value: `us-e${'*'.repeat(24)}st-1`, type: 'plain_text' } })
  })

  it('has no keys for a provider that is not there, or that needs none', async () => {
    expect(await postKey({ value: 'x' }, 'nobody')).toEqual([404, 'Provider not found: not found'])
    const { name: keyless } = await client.created(custom('https://k.invalid', true))
    expect(await postKey({ value: 'x' }, keyless)).toEqual([400, 'Cannot add keys to a keyless provider'])
    expect(await client.refused('PUT', `/api/providers/${keyless}/keys/x`, {})).toEqual([400, 'Cannot update keys on a keyless provider'])
    expect(await client.refused('DELETE', `/api/providers/${keyless}/keys/x`)).toEqual([400, 'Cannot delete keys on a keyless provider'])
  })
})
