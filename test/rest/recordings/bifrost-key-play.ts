import type { Player } from '../../support/recording.ts'
import { ALL, at, idOf, keyAt, keysOf, quiet, SIZES, UNLISTED } from './bifrost-requests.ts'

/** What clients send about keys. */
export async function playBifrostKeys(player: Player): Promise<void> {
  await keys(player)
  await keyFaults(player)
  await vendorKeys(player)
}

async function keys({ send }: Player): Promise<void> {
  await send('POST', ALL, { provider: 'keyed', ...quiet() })
  const post = (number: number, fields: object) =>
    send('POST', keysOf('keyed'), { id: idOf(number), value: `sk-keyed-fixture-${number}-0001`, ...fields })
  await post(1, { name: 'one', models: ['*'], weight: 1 })
  await post(2, { name: 'two', models: ['a', 'b'], blacklisted_models: ['c'], weight: 0.5, enabled: false, use_for_batch_api: true })
  await post(3, {})
  await post(4, { name: 'aliased', aliases: { quick: 'gpt-4o-mini', slow: { model_id: 'gpt-4o' } }, use_anthropic_endpoints: true })
  await post(5, { name: 'one' })
  await post(1, { name: 'same-id' })
  await send('POST', keysOf('keyed'), { id: idOf(6), name: 'variable', value: 'env.NOT_ALLOWED_HERE' })
  await send('POST', keysOf('keyed'), { id: idOf(7), name: 'allowed', value: 'env.PLAYED_KEY' })
  await send('POST', keysOf('keyed'), {
    id: idOf(8),
    name: 'object',
    value: { value: 'sk-object-fixture-0008', type: 'plain_text', env_var: '', from_env: false },
  })
  await send('GET', keysOf('keyed'))
  await send('GET', '/api/keys')
  for (const number of [1, 2, 7, 8, 99]) await send('GET', keyAt('keyed', idOf(number)))
  await send('GET', keyAt('keyed', 'no-uuid'))
  const kept = { value: 'sk-keyed-fixture-1-0001', name: 'one', models: ['*'], weight: 1 }
  const bodies: unknown[] = [
    kept,
    { ...kept, weight: 2 },
    { ...kept, models: [] },
    { ...kept, models: undefined },
    { ...kept, value: 'sk-k************************0001' },
    { ...kept, value: '********' },
    { ...kept, value: '<REDACTED>' },
    { ...kept, value: undefined },
    { ...kept, value: '' },
    { ...kept, enabled: false },
    { ...kept, enabled: undefined },
    { ...kept, name: 'renamed' },
    { ...kept, name: undefined },
    { ...kept, name: 'two' },
    { ...kept, id: idOf(50) },
    { ...kept, value: 'env.PLAYED_KEY' },
    { ...kept, value: 'sk-rotated-fixture-0001' },
    '{',
    'null',
    {},
  ]
  for (const body of bodies) {
    await send('PUT', keyAt('keyed', idOf(1)), body)
    await send('GET', keyAt('keyed', idOf(1)))
  }
  await send('PUT', keyAt('keyed', idOf(99)), kept)
  await send('PUT', keyAt('nobody', idOf(1)), kept)
  await send('PUT', at('keyed'), { ...quiet(SIZES), network_config: { base_url: 'https://moved.invalid' } })
  await send('DELETE', keyAt('keyed', idOf(2)))
  await send('DELETE', keyAt('keyed', idOf(2)))
  await send('DELETE', keyAt('nobody', idOf(2)))
  await send('GET', keysOf('keyed'))
  await send('DELETE', at('keyed'))
  await send('POST', ALL, {
    provider: 'keyless',
    network_config: { base_url: 'https://x.invalid' },
    custom_provider_config: { ...UNLISTED, is_key_less: true },
  })
  await send('POST', keysOf('keyless'), { value: 'sk-x' })
  await send('GET', keysOf('keyless'))
  await send('PUT', keyAt('keyless', idOf(1)), kept)
  await send('DELETE', keyAt('keyless', idOf(1)))
  await send('DELETE', at('keyless'))
}

async function keyFaults({ send }: Player): Promise<void> {
  await send('POST', ALL, { provider: 'faulty', ...quiet() })
  const value = 'sk-faulty-fixture-0001'
  const bodies: unknown[] = [
    '[',
    'null',
    {},
    { value: 1 },
    { value, weight: -1 },
    { value, weight: 1e308 },
    { value, id: 'one' },
    { value: { value: '', type: 'plain_text' } },
    { value, blacklisted_models: ['*', 'a'] },
    { value, blacklisted_models: ['a', 'A'] },
    { value, models: ['*', 'a'] },
    { value, models: ['a', 'A'] },
    { value, models: 'a' },
    { value, aliases: { a: ' ' } },
    { value, aliases: { a: { region: 'x' } } },
    { value, aliases: { ' ': 'a' } },
    { value, aliases: { ' a': 'x' } },
    { value, aliases: { a: 'x', A: 'y' } },
    { value, aliases: { a: { model_id: 'x', inference_profile_arn: 'arn' } } },
    { value: 'vault.path' },
    { value: '********' },
    { value: ' sk-blank' },
    { value: 'sk-not-\u0000-printable' },
    { value: 'x'.repeat(20_000) },
    { value, name: 'x'.repeat(3_000) },
    { value, bedrock_key_config: { endpoints: { runtime: 5 } } },
    { value, azure_key_config: { unknown: 1 } },
  ]
  for (const body of bodies) await send('POST', keysOf('faulty'), body)
  await send('POST', keysOf('nobody'), { value })
  await send('GET', keysOf('nobody'))
  await send('DELETE', at('faulty'))
}

async function vendorKeys({ send }: Player): Promise<void> {
  const configs: readonly [string, object][] = [
    [
      'azure',
      {
        endpoint: 'https://a.example.com',
        client_id: 'client-id-fixture',
        client_secret: 'client-fixture-secret',
        tenant_id: 'tenant-fixture',
      },
    ],
    ['bedrock', { region: 'us-east-1', access_key: 'AKIAIOSFODNN7EXAMPLE', secret_key: 'a-fixture-secret-access-key' }],
    ['vertex', { project_id: 'project', region: 'europe-west1', auth_credentials: '{"fixture":"credentials"}' }],
    ['vllm', { url: 'http://127.0.0.1:9', model_name: 'llama' }],
    ['ollama', { url: 'http://127.0.0.1:9' }],
    ['sgl', { url: 'http://127.0.0.1:9' }],
    ['replicate', { use_deployments_endpoint: true }],
  ]
  for (const [index, [name, config]] of configs.entries()) {
    const id = idOf(100 + index)
    await send('PUT', at(name), SIZES)
    await send('POST', keysOf(name), { value: 'sk-vendor-fixture' })
    const body = { id, value: 'sk-vendor-fixture-0001', enabled: false, [`${name}_key_config`]: config }
    const made = await send('POST', keysOf(name), body)
    await send('GET', keyAt(name, id))
    if (made.status === 200) await send('PUT', keyAt(name, id), JSON.parse(made.text))
    await send('PUT', keyAt(name, id), { ...body, [`${name}_key_config`]: { ...config, region: 'eu-west-1' } })
    await send('PUT', keyAt(name, id), { ...body, [`${name}_key_config`]: undefined })
    await send('GET', at(name))
    await send('DELETE', keyAt(name, id))
    await send('DELETE', at(name))
  }
}
