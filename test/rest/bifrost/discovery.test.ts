import { describe, expect, it } from 'vitest'
import { bifrostClient, custom, uniqueName } from '../../support/bifrost-client.ts'
import { startOpenAiUpstream } from '../../support/openai-upstream.ts'
import { useGateway } from '../../support/use.ts'
import { useStarted } from '../../support/use-started.ts'

const GOOD_KEY = 'sk-good-000000000000000000'
const KEY_OF_MANY = 'sk-many-000000000000000000'
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
const client = bifrostClient(gateway)
const many = Array.from({ length: 25 }, (_, index) => `gpt-${String(index).padStart(2, '0')}`)
const upstream = useStarted(() => startOpenAiUpstream({ [GOOD_KEY]: ['gpt-b', 'gpt-a'], [KEY_OF_MANY]: many, '': ['keyless-model'] }))

describe('models (Bifrost contract, section 1.4)', () => {
  it('lists what tests discovered, through the lists of the keys, with search, limit and total', async () => {
    const { name } = await client.created(custom(upstream.origin))
    const key = await client.createdKey(name, { value: 'sk-good-000000000000000000', models: ['*'], blacklisted_models: ['gpt-b'] })
    const list = async (query: string) => (await client.send('GET', `/api/models?provider=${name}&${query}`)).body
    expect(await list('')).toEqual({ models: [{ name: 'gpt-a', provider: name, accessible_by_keys: [key.id] }], total: 1 })
    expect((await list('unfiltered=true')).models?.map((model) => JSON.parse(JSON.stringify(model)).name)).toEqual(['gpt-a', 'gpt-b'])
    expect(await list('unfiltered=true&limit=1&offset=1')).toMatchObject({ models: [{ name: 'gpt-b' }], total: 2 })
    expect((await list('query=GPTA')).total).toBe(1)
    expect((await list('query=zz')).models).toEqual([])
    expect((await client.send('GET', '/api/models?provider=nobody')).body).toEqual({ models: [], total: 0 })
    expect(JSON.parse((await client.send('GET', '/api/models/base?query=gpt-a')).text)).toEqual({ models: ['gpt-a'], total: 1 })
    expect((await client.send('GET', '/api/models/details')).status).toBe(200)
  })

  it('searches, limits and counts as Bifrost does', async () => {
    const { name } = await client.created(custom(upstream.origin))
    const all = await client.createdKey(name, { value: KEY_OF_MANY, models: ['*'] })
    const some = await client.createdKey(name, { value: KEY_OF_MANY, models: ['gpt-00', 'GPT-01'] })
    await client.createdKey(name, { value: KEY_OF_MANY, models: [] })
    const disabled = await client.createdKey(name, { value: KEY_OF_MANY, models: ['*'], enabled: false })
    const found = async (query: string, path = '/api/models') => {
      const { models, total } = (await client.send('GET', `${path}?provider=${name}&${query}`)).body
      return [models?.length, total]
    }
    for (const usual of ['', 'limit=x', 'limit=-1', 'limit=1.5', 'offset=-1', 'offset=x'])
      expect([usual, await found(usual)]).toEqual([usual, [5, 25]])
    expect(await found('', '/api/models/details')).toEqual([20, 25])
    expect(await found('limit=0')).toEqual([25, 25])
    expect(await found('limit=0&offset=20')).toEqual([5, 25])
    expect(await found('limit=3&offset=24')).toEqual([1, 25])
    expect(await found('offset=99')).toEqual([0, 25])
    for (const [query, total] of [
      ['PT-1', 12],
      ['gpt_1', 10],
      ['gpt1', 12],
      ['g2', 7],
      ['2g', 0],
      ['%00', 0],
    ] as const)
      expect([query, (await found(`query=${query}`))[1]]).toEqual([query, total])
    expect(await found(`keys=${some.id}`)).toEqual([2, 2])
    expect(await found(`keys=${some.id},${all.id}`)).toEqual([5, 25])
    expect(await found(`keys=${some.id},nobody,${disabled.id}`)).toEqual([2, 2])
    for (const dropped of ['nobody', disabled.id]) expect(await found(`keys=${dropped}`)).toEqual([5, 25])
    expect(await found(`keys=${some.id}&unfiltered=true`)).toEqual([5, 25])
    const base = JSON.parse((await client.send('GET', '/api/models/base?query=gpt')).text)
    expect([base.models.length, base.models]).toEqual([20, [...base.models].sort()])
  })

  it('keeps no parameters', async () => {
    expect(await client.refused('GET', '/api/models/parameters')).toEqual([400, 'model query parameter is required'])
    expect(await client.refused('GET', '/api/models/parameters?model=m')).toEqual([404, 'no parameters found for model m'])
  })
})

describe('status (Bifrost contract, section 6)', () => {
  it('is unknown until something was tested, then says how that ended, in every answer', async () => {
    const { name, status } = await client.created(custom(upstream.origin))
    expect(status).toBe('unknown')
    const bad = await client.createdKey(name, { value: 'sk-bad-0000000000000000000', name: uniqueName('bad') })
    expect(bad).toMatchObject({ status: 'list_models_failed', description: expect.any(String) })
    expect(await client.read(name)).toMatchObject({ status: 'list_models_failed' })
    const good = await client.replacedKey(name, bad.id, { value: 'sk-good-000000000000000000' })
    expect(good.status).toBe('success')
    expect(good).not.toHaveProperty('description')
    expect(await client.read(name)).toMatchObject({ status: 'success' })
  })

  it('tells a failure in our own words', async () => {
    const { name } = await client.created(custom(upstream.origin))
    const key = await client.createdKey(name, { value: 'sk-bad-0000000000000000000' })
    expect(key.description).toMatch(/[a-z]{3}/)
    expect(`${key.description} ${(await client.read(name)).description}`).not.toMatch(/No\.$|No\. /)
  })

  it('stays unknown for a key that is disabled', async () => {
    const { name } = await client.created(custom(upstream.origin))
    expect(await client.createdKey(name, { value: GOOD_KEY, enabled: false })).toMatchObject({ status: 'unknown', enabled: false })
    expect((await client.read(name)).status).toBe('unknown')
  })

  it('is refreshed on demand by an editor, for a provider or for one key, whatever the body', async () => {
    const { name } = await client.created(custom(upstream.origin))
    const { id } = await client.createdKey(name, { value: GOOD_KEY })
    const before = upstream.requests.length
    const editor = bifrostClient(gateway, await gateway.token('EDITOR'))
    expect((await editor.send('POST', `/api/providers/${name}/refresh-models`, { body: '{"ignored' })).body).toMatchObject({
      total: 1,
      keys: [{ id, status: 'success' }],
    })
    expect((await client.send('POST', `/api/providers/${name}/keys/${id}/refresh-models`)).body).toMatchObject({ id, status: 'success' })
    expect(upstream.requests.length).toBeGreaterThan(before)
    expect(await client.refused('POST', '/api/providers/nobody/refresh-models')).toEqual([404, 'Provider not found: not found'])
    expect(await client.refused('POST', `/api/providers/${name}/keys/nobody/refresh-models`)).toEqual([
      404,
      'Provider key not found: not found',
    ])
  })

  it.each([
    ['', '/v1/models'],
    ['/', '/v1/models'],
    ['/v1', '/v1/models'],
    ['/v1/', '/v1/models'],
    ['/v1beta', '/v1beta/models'],
    ['/api/paas/v4', '/api/paas/v4/models'],
    ['/relay', '/relay/v1/models'],
  ])('asks an OpenAI-like provider at %j for %s', async (base, path) => {
    const before = upstream.requests.length
    const { name } = await client.created({
      network_config: { base_url: `${upstream.origin}${base}`, extra_headers: { 'X-Team': 'core' } },
      custom_provider_config: { base_provider_type: 'openai' },
    })
    await client.createdKey(name, { value: GOOD_KEY })
    const [asked] = upstream.requests.slice(before).filter(({ headers }) => headers.authorization === `Bearer ${GOOD_KEY}`)
    expect(asked).toMatchObject({ method: 'GET', headers: { 'x-team': 'core' } })
    expect(asked?.path.split('?')[0]).toBe(path)
    expect((await client.read(name)).network_config.base_url).toBe(`${upstream.origin}${base}`)
  })

  it('asks a keyless provider without a key, and one of Anthropic for a long page', async () => {
    const before = upstream.requests.length
    const { name, status } = await client.created(custom(upstream.origin, true))
    expect(status).toBe('success')
    expect(upstream.requests.slice(before).map(({ headers }) => headers.authorization)).toEqual([undefined])
    expect((await client.send('GET', `/api/models?provider=${name}`)).body.models).toEqual([{ name: 'keyless-model', provider: name }])
    const anthropic = { network_config: { base_url: upstream.origin }, custom_provider_config: { base_provider_type: 'anthropic' } }
    await client.createdKey((await client.created(anthropic)).name, { value: GOOD_KEY })
    expect(upstream.requests.map(({ path }) => path)).toContain('/v1/models?limit=1000')
  })

  it('follows a path override for the list of models below the base URL, and nowhere else', async () => {
    const ask = async (list_models: string) => {
      const before = upstream.requests.length
      await client.created({
        network_config: { base_url: `${upstream.origin}/base` },
        custom_provider_config: { base_provider_type: 'openai', is_key_less: true, request_path_overrides: { list_models } },
      })
      return upstream.requests.slice(before).map(({ path }) => path)
    }
    expect(await ask('/my/list')).toContain('/base/my/list')
    expect(await ask('my/list')).toContain('/base/my/list')
    expect(await ask(`${upstream.origin}/base/whole`)).toContain('/base/whole')
    for (const outside of [
      `${upstream.origin}/whole`,
      'https://thief.example/list',
      '../tenant-b/models',
      '/%2e%2e/models',
      '//thief.example',
    ]) {
      expect({ outside, asked: await ask(outside) }).toEqual({ outside, asked: ['/base/v1/models'] })
    }
  })

  it('does not ask a custom provider that may not list its models', async () => {
    const before = upstream.requests.length
    const { status } = await client.created({
      network_config: { base_url: upstream.origin },
      custom_provider_config: { base_provider_type: 'openai', is_key_less: true, allowed_requests: {} },
    })
    expect([status, upstream.requests.length]).toEqual(['unknown', before])
  })
})
