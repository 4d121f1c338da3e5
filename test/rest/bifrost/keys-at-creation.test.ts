import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bifrostClient, custom, SIZES, uniqueKey, uniqueName } from '../../support/bifrost-client.ts'
import { startVendor } from '../../support/upstream/vendors.ts'
import { useGateway } from '../../support/use.ts'
import { useStarted } from '../../support/use-started.ts'

const [GOOD, PART] = ['sk-created-fixture-0123456789', 'planted-secret-part-0123456789']
const VARIABLE = 'CREATED_KEY'
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback', SECRET_ENV_ALLOW: VARIABLE } })
const client = bifrostClient(gateway)
const vendor = useStarted(() => startVendor('openai-compat', { goodKeys: [GOOD] }))
beforeAll(() => {
  process.env[VARIABLE] = GOOD
})
afterAll(() => {
  delete process.env[VARIABLE]
})

const keysOf = async (name: string) => (await client.send('GET', `/api/providers/${name}/keys`)).body.keys ?? []
const post = (fields: Readonly<Record<string, unknown>>) =>
  client.refused('POST', '/api/providers', { network_config: { base_url: 'https://x.invalid' }, ...fields })

describe('a POST of a provider with keys', () => {
  it('creates them with it, in their order and with everything that they have, and tests them', async () => {
    const id = '0a0a0a0a-1b1b-4c2c-8d3d-4e4e4e4e4e4e'
    const keys = [
      { id, name: 'first of many', value: GOOD, models: ['*'], weight: 2, azure_key_config: { client_secret: PART } },
      { value: `env.${VARIABLE}`, enabled: false, blacklisted_models: ['gpt-x'] },
    ]
    const { name, status } = await client.created({ ...custom(vendor.baseUrl.replace(/\/v1$/, '')), keys })
    expect(status).toBe('success')
    expect(vendor.keys()).toContain(GOOD)
    const [first, second, ...others] = await keysOf(name)
    expect(first).toMatchObject({ id, name: 'first of many', models: ['*'], weight: 2, enabled: true, status: 'success' })
    expect(first?.azure_key_config).toMatchObject({ client_secret: { type: 'plain_text' } })
    expect(second).toMatchObject({
      value: { ref: `env.${VARIABLE}`, type: 'env' },
      enabled: false,
      blacklisted_models: ['gpt-x'],
      weight: 0,
    })
    expect(others).toEqual([])
  })

  it.each([
    ['null', null],
    ['an empty list', []],
  ])('creates none for %s', async (_title, keys) => {
    expect(await keysOf((await client.created({ keys })).name)).toEqual([])
  })

  it.each<[string, unknown, string]>([
    ['a list that is none', 'sk-x', 'Invalid request payload'],
    ['a key of the wrong form', [{ value: 5 }], 'Invalid request payload'],
    ['a part of the wrong form', [{ value: 'sk-x', azure_key_config: { endpoint: 5 } }], 'Invalid request payload'],
    ['a key without a value', [{ value: uniqueKey() }, {}], 'Key value must not be empty'],
    ['an id that is no UUID', [{ id: 'one', value: 'sk-x' }], 'Invalid key id: must be a UUID'],
    ['a mask', [{ value: 'sk-1************************mnop' }], 'masked preview cannot be used for value without a stored value'],
    [
      'a variable that is not listed',
      [{ value: 'env.NOT_LISTED' }],
      'environment variable NOT_LISTED is not allowed; the operator lists allowed names in SECRET_ENV_ALLOW',
    ],
  ])('refuses %s, and creates nothing', async (_title, keys, message) => {
    const provider = uniqueName('refused')
    expect(await post({ provider, keys })).toEqual([400, message])
    expect((await client.get(provider)).status).toBe(404)
  })

  it('refuses a name or an id that another key has, here or elsewhere, and creates nothing', async () => {
    const taken = [409, 'API key names must be unique across providers. Choose a different name']
    const { name } = await client.created({ ...custom('https://x.invalid') })
    const { id } = await client.createdKey(name, { name: 'taken name', enabled: false })
    for (const keys of [
      [{ name: 'taken name', value: uniqueKey() }],
      [{ id, value: uniqueKey() }],
      [
        { name: 'twice', value: uniqueKey() },
        { name: 'twice', value: uniqueKey() },
      ],
    ]) {
      const provider = uniqueName('refused')
      expect(await post({ provider, keys })).toEqual(taken)
      expect((await client.get(provider)).status).toBe(404)
    }
  })

  it('asks for the rules of the provider first, then for its name, and refuses keys of a keyless one', async () => {
    const keys = [{}]
    const { name } = await client.created()
    expect(await post({ provider: name, keys })).toEqual([409, `Provider ${name} already exists`])
    const sizes = { concurrency_and_buffer_size: { concurrency: 0, buffer_size: 1 } }
    expect(await post({ provider: name, keys, ...sizes })).toEqual([400, 'Concurrency must be greater than 0'])
    const keyless = { provider: uniqueName(), ...custom('https://x.invalid', true), keys: [{ value: uniqueKey() }] }
    expect(await post(keyless)).toEqual([400, 'Cannot add keys to a keyless provider'])
  })

  it('is what creates keys: a PUT refers to the routes of keys, as before', async () => {
    const [status, message] = await client.refused('PUT', `/api/providers/${uniqueName()}`, {
      concurrency_and_buffer_size: SIZES,
      keys: [{ value: 'sk-x' }],
    })
    expect([status, message]).toEqual([400, expect.stringContaining('keys are not accepted on this endpoint')])
  })
})
