import { describe, expect, it } from 'vitest'
import type { ProviderBody } from '../../../src/rest/coder/wire.ts'
import { bedrock, coderClient } from '../../support/coder-client.ts'
import { useGateway } from '../../support/use.ts'

const gateway = useGateway()
const client = coderClient(gateway)

const KEYS = ['sk-first-fixture-key-aaaa', 'sk-second-fixture-key-bbbb', 'sk-third-fixture-key-cccc']
const withKeys = (fields: Readonly<Record<string, unknown>> = {}) => client.created({ api_keys: KEYS, ...fields })
const idsOf = (provider: ProviderBody) => provider.api_keys.map(({ id }) => id)
const masksOf = (provider: ProviderBody) => provider.api_keys.map(({ masked }) => masked)

describe('the key set of a PATCH (Coder contract, section 3)', () => {
  it('leaves the keys alone when api_keys is absent or null', async () => {
    const { name, api_keys } = await withKeys()
    expect((await client.patched(name, { enabled: true })).api_keys).toEqual(api_keys)
    expect((await client.patched(name, { enabled: false, api_keys: null })).api_keys).toEqual(api_keys)
  })

  it('deletes all keys with [], for every type', async () => {
    const { name } = await withKeys()
    expect((await client.patched(name, { api_keys: [] })).api_keys).toEqual([])
    expect((await client.read(name)).api_keys).toEqual([])
    const copilot = await client.created({ type: 'copilot' })
    expect((await client.patched(copilot.name, { api_keys: [] })).api_keys).toEqual([])
    const aws = await client.created({ type: 'bedrock', settings: bedrock({ region: 'r' }) })
    expect((await client.patched(aws.name, { api_keys: [] })).api_keys).toEqual([])
  })

  it('keeps the listed keys as they are, adds the new ones behind them, and deletes the others', async () => {
    const before = await withKeys()
    const [first, , third] = before.api_keys
    const after = await client.patched(before.name, {
      api_keys: [{ api_key: 'sk-fourth-fixture-key-dddd' }, { id: third?.id }, { id: first?.id }],
    })
    expect(after.api_keys.slice(0, 2)).toEqual([first, third])
    expect(masksOf(after)).toEqual(['sk-f...aaaa', 'sk-t...cccc', 'sk-f...dddd'])
    expect((await client.read(before.name)).api_keys).toEqual(after.api_keys)
  })

  it('makes a new key of the same plaintext, and deletes the old one', async () => {
    const before = await client.created({ api_keys: [KEYS[0]] })
    const after = await client.patched(before.name, { api_keys: [{ api_key: KEYS[0] }] })
    expect(masksOf(after)).toEqual(masksOf(before))
    expect(idsOf(after)).not.toEqual(idsOf(before))
  })

  it('takes null beside id or api_key as absent', async () => {
    const before = await client.created({ api_keys: [KEYS[0]] })
    const [id] = idsOf(before)
    const after = await client.patched(before.name, {
      api_keys: [
        { id, api_key: null },
        { id: null, api_key: KEYS[1] },
      ],
    })
    expect(idsOf(after)[0]).toBe(id)
    expect(after.api_keys).toHaveLength(2)
  })

  it('takes an id in every form that Go reads', async () => {
    const before = await withKeys()
    const [first = '', second = '', third = ''] = idsOf(before)
    const forms = [`urn:uuid:${first}`, `{${second.toUpperCase()}}`, third.replaceAll('-', '')]
    const after = await client.patched(before.name, { api_keys: forms.map((id) => ({ id })) })
    expect(after.api_keys).toEqual(before.api_keys)
  })
})

describe('errors of the key set', () => {
  const EXACTLY_ONE = 'exactly one of id or api_key must be set'
  const ID = '6f0c1f6e-4f0e-4d4c-9f5e-0d1a2b3c4d5e'

  it.each([
    ['both', [{ id: ID, api_key: 'k' }], 'api_keys[0]', EXACTLY_ONE],
    ['neither', [{}], 'api_keys[0]', EXACTLY_ONE],
    ['null', [null], 'api_keys[0]', EXACTLY_ONE],
    ['both null', [{ id: null, api_key: null }], 'api_keys[0]', EXACTLY_ONE],
    ['an id beside an empty key', [{ id: ID, api_key: '' }], 'api_keys[0]', EXACTLY_ONE],
    ['an empty key', [{ id: ID }, { api_key: '' }], 'api_keys[1].api_key', 'api_key must not be empty'],
    ['blanks around a key', [{ api_key: ' k' }], 'api_keys[0].api_key', 'api_key must not contain leading or trailing whitespace'],
    ['a mask', [{ api_key: 'sk-f...dddd' }], 'api_keys[0].api_key', 'api_key must not be a mask; to keep a stored key, send its id'],
    ['blanks alone', [{ api_key: '  ' }], 'api_keys[0].api_key', 'api_key must not contain leading or trailing whitespace'],
    [
      'the same id twice',
      [{ api_key: 'k' }, { id: ID }, { id: ID.toUpperCase() }],
      'api_keys[2].id',
      `id ${ID} already referenced at api_keys[1]`,
    ],
  ])('refuses %s', async (_what, api_keys, field, detail) => {
    const { name } = await client.created()
    const answer = await client.patch(name, { api_keys })
    expect([answer.status, answer.body]).toEqual([400, { message: 'Invalid AI provider request.', validations: [{ field, detail }] }])
  })

  it('collects the errors of all entries in their order', async () => {
    const { name } = await client.created()
    const answer = await client.patch(name, { api_keys: [{}, { api_key: '' }, { api_key: 'k ' }, { id: ID }, { id: ID }] })
    expect(answer.body.validations?.map(({ field }) => field)).toEqual([
      'api_keys[0]',
      'api_keys[1].api_key',
      'api_keys[2].api_key',
      'api_keys[4].id',
    ])
  })

  it.each(['x', '', 'sk-key', '6f0c1f6e', 5])('refuses %j as no UUID like any wrong type', async (id) => {
    const { name } = await client.created()
    const answer = await client.patch(name, { api_keys: [{ id }] })
    expect([answer.status, answer.body.message]).toEqual([400, 'Request body must be valid JSON.'])
  })

  it('refuses an unknown id, and one of another provider, without validations', async () => {
    const other = await withKeys()
    const { name } = await withKeys()
    for (const id of [ID, idsOf(other)[0]]) {
      const answer = await client.patch(name, { display_name: 'After', api_keys: [{ id }] })
      const message = 'api_keys references an unknown id for this provider'
      expect([answer.status, answer.body]).toEqual([400, { message, detail: `execute transaction: ${message}: ${id}` }])
    }
    expect((await client.read(name)).display_name).toBe(name)
    expect((await client.read(other.name)).api_keys).toEqual(other.api_keys)
  })

  it('refuses a list for Bedrock settings, stored or given with it, even one that keeps', async () => {
    const message = 'Bedrock providers do not accept api_keys; configure access credentials via settings.'
    const aws = await client.created({ type: 'bedrock', settings: bedrock({ region: 'r' }) })
    expect((await client.patch(aws.name, { api_keys: [{ api_key: 'k' }] })).body).toEqual({ message })
    const keyed = await withKeys({ type: 'anthropic' })
    const keep = idsOf(keyed).map((id) => ({ id }))
    expect((await client.patch(keyed.name, { settings: bedrock({ region: 'r' }), api_keys: keep })).body).toEqual({ message })
  })

  it('refuses a list for copilot', async () => {
    const { name } = await client.created({ type: 'copilot' })
    const answer = await client.patch(name, { api_keys: [{ api_key: 'k' }] })
    expect([answer.status, answer.body]).toEqual([
      400,
      { message: 'Copilot providers do not accept api_keys; they authenticate via request-time GitHub OAuth tokens.' },
    ])
  })

  it('leaves the keys stored when settings alone turn their provider into a Bedrock one', async () => {
    const keyed = await withKeys({ type: 'anthropic' })
    const turned = await client.patched(keyed.name, { settings: bedrock({ region: 'r' }) })
    expect(turned.api_keys).toEqual(keyed.api_keys)
    expect((await client.patch(keyed.name, { api_keys: [{ id: idsOf(keyed)[0] }] })).status).toBe(400)
    expect((await client.patched(keyed.name, { api_keys: [] })).api_keys).toEqual([])
  })
})
