import { describe, expect, it } from 'vitest'
import { PROVIDER_FIELDS, type Result, rulesOf, uniqueName, writerAs, writerOf } from '../support/providers.ts'
import { withStore } from '../support/store.ts'
import { useGateway } from '../support/use.ts'

const UPSERT = `mutation ($input: UpsertProviderInput!) { result: upsertProvider(input: $input) { __typename
  ... on UpsertProviderPayload { created provider { ${PROVIDER_FIELDS} number extensions } }
  ... on UserError { code message } ... on ValidationError { issues { path rule message } } } }`

type Upserted = Result & {
  readonly created?: boolean
  readonly provider?: { readonly extensions: unknown; readonly number: number }
}
const gateway = useGateway()

async function upsert(input: Record<string, unknown>, token = gateway.adminToken): Promise<Upserted> {
  return (await gateway.ask<{ result: Upserted }>(UPSERT, { input }, token)).result
}

describe('what an upsert makes of a name that is free', () => {
  it.each([
    ['openai', 'OPENAI', 'https://api.openai.com/v1', 'OpenAI'],
    ['anthropic', 'ANTHROPIC', 'https://api.anthropic.com', 'Anthropic'],
    ['groq', 'OPENAI_COMPAT', 'https://api.groq.com/openai/v1', 'Groq'],
  ])('%s takes type, endpoint and display name from its vendor', async (name, type, baseUrl, displayName) => {
    const { created, provider } = await upsert({ name })
    expect([created, provider]).toMatchObject([true, { name, type, baseUrl, displayName, enabled: true }])
  })

  it('takes the type from the host of the endpoint when the name says nothing', async () => {
    const { provider } = await upsert({ name: uniqueName(), baseUrl: 'https://mine.openai.azure.com' })
    expect(provider?.type).toBe('AZURE')
  })

  it('is a disabled placeholder when nothing knows its endpoint, and enabled once it gets one', async () => {
    const name = uniqueName('unknown')
    const placeholder = await upsert({ name, apiKeys: [{ credential: { value: 'a-key-of-unknown-vendor' } }] })
    expect(placeholder.provider).toMatchObject({ type: 'OPENAI_COMPAT', baseUrl: '', enabled: false, displayName: name })
    const given = await upsert({ name, baseUrl: 'https://unknown.example.com/v1' })
    expect(given).toMatchObject({ created: false, provider: { enabled: true, apiKeys: { totalCount: 1 } } })
    const back = await upsert({ name, baseUrl: '' })
    expect(back.provider).toMatchObject({ baseUrl: '', enabled: false })
  })

  it('cannot be enabled without an endpoint, by any write', async () => {
    const name = uniqueName('unknown')
    expect(rulesOf(await upsert({ name, enabled: true }))).toEqual(['enabled NOT_ALLOWED'])
    const { provider } = await upsert({ name })
    expect(rulesOf(await upsert({ name, enabled: true }))).toEqual(['enabled NOT_ALLOWED'])
    expect(rulesOf(await writerOf(gateway).update(provider?.id ?? '', { enabled: true }))).toEqual(['enabled NOT_ALLOWED'])
  })

  it('asks for the endpoint of a stated type that has none of its own', async () => {
    expect(rulesOf(await upsert({ name: uniqueName(), type: 'AZURE' }))).toEqual(['baseUrl REQUIRED'])
  })
})

describe('what an upsert makes of a name that is taken', () => {
  it('keeps what is left out, and states the whole set of keys', async () => {
    const name = uniqueName()
    const base = { name, baseUrl: 'https://one.example.com', displayName: 'One', icon: 'x', enabled: false }
    await upsert({
      ...base,
      apiKeys: [{ credential: { value: 'first-key-first-key-1' } }, { credential: { value: 'first-key-first-key-2' } }],
    })
    const { created, provider } = await upsert({ name, apiKeys: [{ credential: { value: 'other-key-other-key-3' } }] })
    expect(created).toBe(false)
    expect(provider).toMatchObject({ ...base, version: 2, apiKeys: { nodes: [{ masked: 'othe...ey-3' }] } })
  })

  it('keeps of the network what it leaves out when it says so, and else gives it its default', async () => {
    const name = uniqueName()
    const read =
      'query ($name: String) { provider(by: { name: $name }) { network { timeoutMs maxRetries insecureSkipVerify extraHeaders { name value } proxy { type url } } } }'
    const networkOf = async () => (await gateway.ask<{ provider: { network: object } }>(read, { name })).provider.network
    const extraHeaders = [{ name: 'x-api-key', value: 'a-sealed-header-0123456789' }]
    const whole = { timeoutMs: 1_000, maxRetries: 3, insecureSkipVerify: true, extraHeaders, proxy: { type: 'ENVIRONMENT' } }
    await upsert({ name, network: { ...whole, keepOthers: true } })
    const before = await networkOf()
    expect(before).toMatchObject({ timeoutMs: 1_000, maxRetries: 3, extraHeaders: [{ value: expect.stringContaining('...') }] })
    await upsert({ name, network: { timeoutMs: 2_000, keepOthers: true } })
    expect(await networkOf()).toEqual({ ...before, timeoutMs: 2_000 })
    await upsert({ name, network: { timeoutMs: 2_000 } })
    expect(await networkOf()).toMatchObject({ timeoutMs: 2_000, maxRetries: 0, insecureSkipVerify: false, extraHeaders: [], proxy: null })
  })

  it('creates nothing when the provider must be there', async () => {
    const name = uniqueName()
    expect((await upsert({ name, displayName: 'x', onlyIfExists: true })).__typename).toBe('ProviderNotFoundError')
    await upsert({ name })
    expect(await upsert({ name, displayName: 'x', onlyIfExists: true })).toMatchObject({ created: false, provider: { displayName: 'x' } })
  })

  it('refuses another type, and a mask, in the words of its own input', async () => {
    const name = uniqueName()
    await upsert({ name, baseUrl: 'https://one.example.com', apiKeys: [{ credential: { value: 'first-key-first-key-1' } }] })
    expect(rulesOf(await upsert({ name, type: 'OPENAI' }))).toEqual(['type IMMUTABLE'])
    expect(rulesOf(await upsert({ name, apiKeys: [{ credential: { value: 'firs...ey-1' } }] }))).toEqual([
      'apiKeys.0.credential.value API_KEY_MASKED',
    ])
  })

  it('does not let an editor point stored keys at another host', async () => {
    const name = uniqueName()
    const editor = await gateway.token('EDITOR')
    await upsert({ name, baseUrl: 'https://one.example.com', apiKeys: [{ credential: { value: 'first-key-first-key-1' } }] })
    const moved = { name, baseUrl: 'https://two.example.com' }
    expect((await upsert(moved, editor)).__typename).toBe('KeyRequiredForNewEndpointError')
    expect((await upsert({ ...moved, apiKeys: [{ credential: { value: 'other-key-other-key-1' } }] }, editor)).created).toBe(false)
    expect((await upsert({ name, baseUrl: 'https://three.example.com' })).created).toBe(false)
  })

  it('creates again what was deleted', async () => {
    const name = uniqueName()
    const first = await upsert({ name })
    await writerOf(gateway).remove(first.provider?.id ?? '')
    const second = await upsert({ name })
    expect(second.created).toBe(true)
    expect(second.provider?.number).toBeGreaterThan(first.provider?.number ?? 0)
  })
})

it('keeps one provider and fails none of 200 upserts of one name at once', async () => {
  const name = uniqueName('race')
  const results = await Promise.all(
    Array.from({ length: 200 }, (_, index) => upsert({ name, baseUrl: 'https://race.example.com', icon: `${index}` })),
  )
  expect(results.filter(({ created }) => created)).toHaveLength(1)
  expect(new Set(results.map(({ provider }) => provider?.uuid)).size).toBe(1)
  expect((await upsert({ name })).provider?.version).toBe(201)
}, 60_000)

it('fails none of many upserts while others delete the same name all the time', async () => {
  const name = uniqueName('contested')
  const remove = 'mutation ($name: String) { result: deleteProvider(input: { provider: { name: $name } }) { __typename } }'
  const results = await Promise.all(
    Array.from({ length: 100 }, async (_, index) =>
      index % 2 === 0
        ? (await upsert({ name, baseUrl: 'https://race.example.com', apiKeys: [{ credential: { value: `race-key-${index}-0123` } }] }))
            .__typename
        : (await gateway.ask<{ result: Result }>(remove, { name })).result.__typename,
    ),
  )
  expect(new Set(results.filter((_, index) => index % 2 === 0))).toEqual(new Set(['UpsertProviderPayload']))
  expect((await upsert({ name })).provider?.name).toBe(name)
}, 60_000)

it('lets no viewer upsert', async () => {
  const viewer = await gateway.token('VIEWER')
  const { body } = await gateway.graphql(UPSERT, { input: { name: uniqueName() } }, viewer)
  expect(body.errors?.[0]?.extensions.code).toBe('FORBIDDEN')
})

describe('what programs keep with a provider', () => {
  it('merges what each one gives, and deletes what is null', async () => {
    const name = uniqueName()
    await upsert({ name, extensions: { acme: { a: 1, b: { c: [2] } }, other: { flag: true } } })
    const { provider } = await upsert({ name, extensions: { acme: { a: null, d: 'e' } } })
    expect(provider?.extensions).toEqual({ other: { flag: true }, acme: { b: { c: [2] }, d: 'e' } })
  })

  const sealedFields = async (name: string) => {
    const rows = await withStore(gateway, (store) =>
      store.providerSecret.findMany({ where: { provider: { name } }, orderBy: { field: 'asc' } }),
    )
    return rows.map(({ field }) => field)
  }

  it('keeps texts sealed by namespace and name, shows none, and deletes the one that is given empty', async () => {
    const name = uniqueName()
    const text = (namespace: string, key: string, value = 'a-sealed-text') => ({ namespace, name: key, value })
    await upsert({ name, sealedExtensions: [text('acme', 'one'), text('acme', 'two'), text('other', 'one')] })
    await upsert({ name, sealedExtensions: [text('acme', 'one', ''), text('acme', 'none', '')] })
    expect(await sealedFields(name)).toEqual(['acme.two', 'other.one'])
  })

  const text = (fields: object) => ({ sealedExtensions: [{ namespace: 'acme', name: 'one', value: 'x', ...fields }] })
  const texts = (count: number) => Array.from({ length: count }, (_, index) => ({ namespace: 'acme', name: `n${index}`, value: 'x' }))

  it.each([
    [{ extensions: 'text' }, 'extensions NOT_ALLOWED'],
    [{ extensions: { acme: 'text' } }, 'extensions.acme NOT_ALLOWED'],
    [{ extensions: { acme: [] } }, 'extensions.acme NOT_ALLOWED'],
    [{ extensions: { acme: { long: 'x'.repeat(70_000) } } }, 'extensions.acme OUT_OF_RANGE'],
    [{ extensions: { acme: { '\u0000': 1 } } }, 'extensions.acme NOT_ALLOWED'],
    [{ extensions: { bedrock: { accessKey: 'x' } } }, 'extensions NOT_ALLOWED'],
    [{ extensions: { ['x'.repeat(500_000)]: {} } }, 'extensions NOT_ALLOWED'],
    [text({ namespace: 'bedrock', name: 'accessKey' }), 'sealedExtensions.0.namespace NOT_ALLOWED'],
    [text({ namespace: 'network', name: 'proxy' }), 'sealedExtensions.0.namespace NOT_ALLOWED'],
    [text({ namespace: '__proto__' }), 'sealedExtensions.0.namespace NOT_ALLOWED'],
    [text({ namespace: 'x'.repeat(500_000) }), 'sealedExtensions.0.namespace NOT_ALLOWED'],
    [text({ name: 'header.x' }), 'sealedExtensions.0.name NOT_ALLOWED'],
    [text({ name: '' }), 'sealedExtensions.0.name NOT_ALLOWED'],
    [text({ value: 'x'.repeat(65_537) }), 'sealedExtensions.0.value OUT_OF_RANGE'],
    [text({ value: '\ud800' }), 'sealedExtensions.0.value OUT_OF_RANGE'],
    [{ sealedExtensions: [...texts(1), ...texts(1)] }, 'sealedExtensions.1 NOT_ALLOWED'],
    [{ sealedExtensions: texts(21) }, 'sealedExtensions OUT_OF_RANGE'],
  ])('refuses what has another form or an unreasonable size (%#)', async (given, issue) => {
    const result = await upsert({ name: uniqueName(), ...given })
    expect(rulesOf(result)).toEqual([issue])
    expect(JSON.stringify(result)).not.toContain('x'.repeat(300))
  })

  it('cannot grow by small changes beyond what one provider may keep', async () => {
    const name = uniqueName()
    await upsert({ name, sealedExtensions: texts(20) })
    const more = { namespace: 'other', name: 'one', value: 'x' }
    expect(rulesOf(await upsert({ name, sealedExtensions: [more] }))).toEqual(['sealedExtensions OUT_OF_RANGE'])
    await upsert({ name, sealedExtensions: [{ namespace: 'acme', name: 'n0', value: '' }, more] })
    expect(await sealedFields(name)).toHaveLength(20)
    const large = (key: string) => upsert({ name, extensions: { acme: { [key]: 'x'.repeat(60_000) } } })
    for (const key of ['a', 'b', 'c', 'd']) await large(key)
    expect(rulesOf(await large('e'))).toEqual(['extensions OUT_OF_RANGE'])
  })

  it('lets an editor give another endpoint with new keys, since sealed texts are sent nowhere', async () => {
    const editor = await writerAs(gateway, 'EDITOR')
    const { provider } = await upsert({
      name: uniqueName(),
      baseUrl: 'https://a.example.com',
      sealedExtensions: [{ namespace: 'acme', name: 'one', value: '{}' }],
    })
    const changes = { baseUrl: 'https://b.example.com', apiKeys: [{ add: { credential: { value: 'other-key-other-key-1' } } }] }
    expect((await editor.update(provider?.id ?? '', changes)).__typename).toBe('UpdateProviderPayload')
  })
})
