import { describe, expect, it } from 'vitest'
import { bedrock, coderClient, newProvider } from '../../support/coder-client.ts'
import { withStore } from '../../support/store.ts'
import { useGateway } from '../../support/use.ts'

const gateway = useGateway()
const client = coderClient(gateway)

const ROLE = 'arn:aws:iam::123456789012:role/BedrockRole'
const aws = (settings: Readonly<Record<string, unknown>> = {}) =>
  client.created({ type: 'bedrock', settings: bedrock({ region: 'us-east-1', ...settings }) })
const externalIdOf = async (answer: Promise<{ settings: { external_id?: string } | null }>) => (await answer).settings?.external_id

describe('the settings envelope (Coder contract, section 4.1)', () => {
  it('shows names in alphabetical order, always with _type and _version, and leaves out what is empty', async () => {
    const { name } = await aws({ small_fast_model: 'small', model: 'big', role_arn: '' })
    const { text } = await client.get(name)
    expect(text).toContain('"settings":{"_type":"bedrock","_version":1,"model":"big","region":"us-east-1","small_fast_model":"small"}')
  })

  it('is null for nearly all providers, and after null in a POST', async () => {
    expect((await client.created()).settings).toBeNull()
    expect((await client.created({ settings: null })).settings).toBeNull()
  })
})

describe('decode errors (section 4.3)', () => {
  it.each([
    ['no type', {}, 'settings missing _type discriminator'],
    ['a type of null', { _type: null, _version: 1 }, 'settings missing _type discriminator'],
    ['an empty type', { _type: '', _version: 1 }, 'settings missing _type discriminator'],
    ['an unknown type', { _type: 'wif', _version: 1 }, 'unknown settings type "wif"'],
    ['a type of a later profile', { _type: 'upstream-headers', _version: 1 }, 'unknown settings type "upstream-headers"'],
    ['another version', { _type: 'bedrock', _version: 99 }, 'unsupported "bedrock" settings version 99 (expected 1)'],
    ['no version', { _type: 'bedrock' }, 'unsupported "bedrock" settings version 0 (expected 1)'],
    ['a text', 'bedrock', /^decode settings header: /],
    ['an array', [], /^decode settings header: /],
    ['a version that is a text', { _type: 'bedrock', _version: '1' }, /^decode settings header: /],
    ['a type that is a number', { _type: 1, _version: 1 }, /^decode settings header: /],
    ['a region that is a number', { _type: 'bedrock', _version: 1, region: 1 }, /^decode bedrock settings: /],
    ['a secret that is an object', { _type: 'bedrock', _version: 1, access_key: {} }, /^decode bedrock settings: /],
  ])('refuses %s, in both requests', async (_what, settings, detail) => {
    const { name } = await aws()
    for (const answer of [await client.create(newProvider({ type: 'bedrock', settings })), await client.patch(name, { settings })]) {
      expect([answer.status, answer.body.message]).toEqual([400, 'Request body must be valid JSON.'])
      expect(answer.body.detail).toMatch(detail)
    }
  })
})

describe('secrets and merging (section 4.4)', () => {
  const storedSecrets = (providerId: string) =>
    withStore(gateway, async (store) => (await store.providerSecret.findMany({ where: { providerId } })).map(({ field }) => field).sort())

  it('replaces the settings, so that what is left out is cleared', async () => {
    const { name } = await aws({ model: 'big', small_fast_model: 'small' })
    expect((await client.patched(name, { settings: bedrock({ model: 'other' }) })).settings).toEqual({
      _type: 'bedrock',
      _version: 1,
      model: 'other',
    })
  })

  it('never shows access_key or access_key_secret, nor whether they are stored, nor their text in an error', async () => {
    const secrets = { access_key: 'AKIAFIXTURE', access_key_secret: 'secret-fixture' }
    const plain = await client.get((await aws()).name)
    const { name, id } = await aws(secrets)
    const answer = await client.get(name)
    expect(Object.keys(answer.body.settings ?? {})).toEqual(Object.keys(plain.body.settings ?? {}))
    expect(await storedSecrets(id)).toEqual(['bedrock.accessKey', 'bedrock.accessKeySecret'])
    const refused = await client.patch(name, { base_url: '', settings: bedrock({ ...secrets, role_arn: 'x' }) })
    expect(answer.text + refused.text).not.toMatch(/FIXTURE|fixture/)
  })

  it('keeps a secret that is left out or null, each by itself', async () => {
    const { name, id } = await aws({ access_key: 'AKIA', access_key_secret: 'secret' })
    await client.patched(name, { settings: bedrock({ access_key: 'AKIB' }) })
    await client.patched(name, { settings: bedrock({ access_key_secret: null }) })
    expect(await storedSecrets(id)).toEqual(['bedrock.accessKey', 'bedrock.accessKeySecret'])
  })

  it('clears a secret with an empty text: from static keys to a role is one PATCH', async () => {
    const { name, id } = await aws({ access_key: 'AKIA', access_key_secret: 'secret' })
    const patched = await client.patched(name, { settings: bedrock({ access_key: '', access_key_secret: '', role_arn: ROLE }) })
    expect(patched.settings).toMatchObject({ role_arn: ROLE, external_id: expect.any(String) })
    expect(await storedSecrets(id)).toEqual([])
  })

  it('generates an external id when a role is first set, in a POST and in a PATCH', async () => {
    expect(await externalIdOf(aws({ role_arn: ROLE }))).toMatch(/^[A-Z2-7]{26}$/)
    const { name, settings } = await aws()
    expect(settings).not.toHaveProperty('external_id')
    expect(await externalIdOf(client.patched(name, { settings: bedrock({ role_arn: ROLE }) }))).toMatch(/^[A-Z2-7]{26}$/)
  })

  it('keeps the external id when the role goes, and uses it again when one comes', async () => {
    const { name, settings } = await aws({ role_arn: ROLE })
    const withoutRole = await client.patched(name, { settings: bedrock({ region: 'r' }) })
    expect(withoutRole.settings).toEqual({ _type: 'bedrock', _version: 1, region: 'r', external_id: settings?.external_id })
    expect(await externalIdOf(client.patched(name, { settings: bedrock({ role_arn: `${ROLE}2` }) }))).toBe(settings?.external_id)
  })

  it('lets a PATCH repeat the external id or leave it empty, and refuses any other', async () => {
    const { name, settings } = await aws({ role_arn: ROLE })
    for (const external_id of [settings?.external_id, ''])
      expect((await client.patch(name, { settings: bedrock({ role_arn: ROLE, external_id }) })).status).toBe(200)
    const answer = await client.patch(name, { settings: bedrock({ external_id: 'MINE' }) })
    expect([answer.status, answer.body]).toEqual([400, { message: 'The Bedrock external ID is server-generated and cannot be changed.' }])
  })

  it('takes settings of null as not sent, so that they cannot be removed', async () => {
    const { name, settings } = await aws()
    expect((await client.patch(name, { settings: null })).body.message).toBe('At least one field must be provided.')
    expect((await client.patched(name, { settings: null, enabled: true })).settings).toEqual(settings)
  })

  it('refuses Bedrock settings for another type, with the words of a PATCH', async () => {
    const { name } = await client.created()
    const answer = await client.patch(name, { settings: bedrock() })
    expect([answer.status, answer.body]).toEqual([400, { message: 'Bedrock settings are only valid for type=anthropic or type=bedrock.' }])
  })
})
