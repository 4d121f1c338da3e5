import { beforeAll, describe, expect, it } from 'vitest'
import { CONFIG_NAMES, VENDOR_CONFIGS, type VendorConfig } from '../../../src/rest/bifrost/vendor-configs.ts'
import { bifrostClient, uniqueName } from '../../support/bifrost-client.ts'
import { leaksIn } from '../../support/planted.ts'
import { everythingStored } from '../../support/store.ts'
import { useGateway } from '../../support/use.ts'

const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
const client = bifrostClient(gateway)
beforeAll(async () => {
  await client.put('openai', { concurrency_and_buffer_size: { concurrency: 1, buffer_size: 1 } })
})

/** A value for each part that is no secret, of the type that the contract gives it. */
const PLAIN: Readonly<Record<string, unknown>> = {
  scopes: ['https://cognitiveservices.azure.com/.default'],
  api_version: '2024-10-21',
  force_single_region: true,
  batch_s3_config: { buckets: [{ bucket_name: 'batches', prefix: 'in', is_default: true }] },
  endpoints: { runtime: 'https://bedrock.example.com' },
  model_name: 'llama',
  use_deployments_endpoint: true,
}
const secretOf = (config: string, part: string) =>
  part === 'url' || part === 'endpoint' ? `http://127.0.0.1:9/${config}-${part}` : `planted-${config}-${part}-0123456789`
/** Parts in the form of secrets that are shown as they are (Bifrost contract, section 3.2). */
const SHOWN = ['azure_key_config.endpoint', 'bedrock_key_config.project_id', 'bedrock_mantle_key_config.project_id']
const isPlainPart = (config: VendorConfig, part: string) => SHOWN.includes(`${config}.${part}`)

describe('a vendor configuration of a key (Bifrost contract, section 2.6)', () => {
  it.each(CONFIG_NAMES)(
    '%s comes back with its secrets masked and the rest as it was sent, and keeps them by their masks',
    async (config) => {
      const { secrets, plain } = VENDOR_CONFIGS[config]
      const given = {
        ...Object.fromEntries(secrets.map((part) => [part, secretOf(config, part)])),
        ...Object.fromEntries(plain.map((part) => [part, PLAIN[part]])),
      }
      const key = await client.createdKey('openai', { name: config, value: `sk-${config}-0123456789`, [config]: given, enabled: false })
      const shown = JSON.parse(JSON.stringify(key))[config]
      for (const part of plain) expect([part, shown[part]]).toEqual([part, PLAIN[part]])
      for (const part of secrets) {
        const secret = secretOf(config, part)
        const masked = `${secret.slice(0, 4)}${'*'.repeat(24)}${secret.slice(-4)}`
        expect([part, shown[part]]).toEqual([part, { value: isPlainPart(config, part) ? secret : masked, type: 'plain_text' }])
      }

      const answer = await client.send('PUT', `/api/providers/openai/keys/${key.id}`, { body: JSON.parse(JSON.stringify(key)) })
      expect(answer.status, answer.text).toBe(200)
      expect(JSON.parse(answer.text)[config]).toEqual(shown)
      // Where a key goes is stored in the open, in columns of its own: its secrets are sealed for that.
      const places: readonly string[] = ['url', 'region', 'role_arn', 'external_id']
      const sealedParts = secrets.filter((part) => !isPlainPart(config, part) && (config === 'vertex_key_config' || !places.includes(part)))
      const hidden = sealedParts.map((part) => secretOf(config, part))
      expect(leaksIn(await everythingStored(gateway), hidden)).toEqual([])
    },
  )

  it('that an older version stored is shown in the form of today', async () => {
    const create = 'mutation ($input: CreateProviderInput!) { createProvider(input: $input) { __typename } }'
    const bifrost = { settings: { bedrock_key_config: { project_id: 'a-project' } }, paths: {} }
    const apiKeys = [{ credential: { value: 'sk-older-0123456789' }, extensions: { bifrost } }]
    await gateway.ask(create, { input: { name: 'older', type: 'OPENAI', baseUrl: 'https://api.openai.com/v1', apiKeys } })
    const [key] = (await client.send('GET', '/api/providers/older/keys')).body.keys ?? []
    expect(key?.bedrock_key_config).toEqual({ project_id: { value: 'a-project', type: 'plain_text' } })
  })

  it.each([
    [{ settings: { azure_key_config: { surprise: true } }, paths: {} }],
    [{ settings: { azure_key_config: {} }, paths: { endpoint: 'azure_key_config.surprise', 'aws.region': 'bedrock_key_config.arn' } }],
    [{ settings: { vllm_key_config: {} }, paths: { endpoint: 'vllm_key_config.url' }, shown: { constructor: 'x', endpoint: 1 } }],
    [{ settings: ['azure_key_config'], paths: null }],
    [{ paths: { constructor: 'constructor', toString: 'vllm_key_config.url' }, settings: { vllm_key_config: {} } }],
  ])('is shown whole whatever others have written into the extension of its key', async (bifrost) => {
    const create = 'mutation ($input: CreateProviderInput!) { createProvider(input: $input) { __typename } }'
    const name = uniqueName('foreign')
    const credentialParts = [{ name: 'endpoint', credential: { value: 'https://api.example.com' } }]
    const apiKeys = [{ credential: { value: 'sk-older-0123456789' }, credentialParts, models: ['gpt-a'], extensions: { bifrost } }]
    await gateway.ask(create, { input: { name, type: 'OPENAI', baseUrl: 'https://api.openai.com/v1', apiKeys } })
    const { status, body } = await client.send('GET', `/api/providers/${name}/keys`)
    expect([status, body.keys?.map(({ models }) => models)]).toEqual([200, [['gpt-a']]])
  })

  it('takes parts that are null as parts that are left out', async () => {
    const bedrock_key_config = { region: null, batch_s3_config: { buckets: [{ bucket_name: 'b', prefix: null }] }, endpoints: { s3: null } }
    const key = await client.createdKey('openai', { bedrock_key_config, vertex_key_config: null, enabled: false })
    expect(key.bedrock_key_config).toEqual({ batch_s3_config: { buckets: [{ bucket_name: 'b' }] }, endpoints: {} })
    expect(key).not.toHaveProperty('vertex_key_config')
  })

  it('has no catalogue of models to write to', async () => {
    expect((await client.send('PUT', '/api/models/catalog', { body: [] })).status).toBe(404)
  })
})
