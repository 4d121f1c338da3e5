import { describe, expect, it } from 'vitest'
import { bedrock, coderClient } from '../../support/coder-client.ts'
import { useGateway } from '../../support/use.ts'

const gateway = useGateway()
const client = coderClient(gateway)

describe('fields of a change (Coder contract, section 2.3)', () => {
  it('changes display_name, icon, enabled and base_url, each alone', async () => {
    const { name } = await client.created()
    for (const change of [{ display_name: 'Shown' }, { icon: '🤖' }, { enabled: true }, { base_url: 'HTTP://Other.example/' }])
      expect(await client.patched(name, change)).toMatchObject(change)
    expect(await client.read(name)).toMatchObject({ display_name: 'Shown', icon: '🤖', enabled: true, base_url: 'HTTP://Other.example/' })
  })

  it('clears display_name and icon with an empty text', async () => {
    const { name } = await client.created({ display_name: 'Shown', icon: '🤖' })
    expect(await client.patched(name, { display_name: '', icon: '' })).toMatchObject({ display_name: name, icon: '' })
  })

  it('takes null for a field as if it were not there', async () => {
    const { name } = await client.created({ display_name: 'Shown', icon: 'i', api_keys: ['sk-key-one'] })
    const patched = await client.patched(name, {
      display_name: null,
      icon: null,
      base_url: null,
      api_keys: null,
      settings: null,
      enabled: true,
    })
    expect(patched).toMatchObject({ display_name: 'Shown', icon: 'i', enabled: true })
    expect(patched.api_keys).toHaveLength(1)
  })

  it.each([
    ['', 'base_url is required'],
    ['/v1', 'base_url must be an absolute URL (e.g. https://api.example.com/)'],
    ['Gopher://h', 'base_url scheme must be http or https, got "gopher"'],
  ])('refuses the base_url %j', async (base_url, detail) => {
    const { name } = await client.created()
    const answer = await client.patch(name, { base_url })
    expect([answer.status, answer.body]).toEqual([
      400,
      { message: 'Invalid AI provider request.', validations: [{ field: 'base_url', detail }] },
    ])
  })

  it('checks a role again, and collects it with the other faults', async () => {
    const { name } = await client.created({ type: 'anthropic' })
    const answer = await client.patch(name, { base_url: '', api_keys: [{}], settings: bedrock({ role_arn: 'x' }) })
    expect(answer.body.validations?.map(({ field }) => field)).toEqual(['base_url', 'api_keys[0]', 'settings.role_arn'])
  })

  it('does not ask again whether a Bedrock provider is configured', async () => {
    const { name } = await client.created({ type: 'bedrock', settings: bedrock({ region: 'r' }) })
    expect((await client.patched(name, { settings: bedrock() })).settings).toEqual({ _type: 'bedrock', _version: 1 })
  })
})

describe('times (section 6)', () => {
  it('moves updated_at with every change that is accepted, also one of the keys alone, and never created_at', async () => {
    const created = await client.created()
    const pause = () => new Promise((resolve) => setTimeout(resolve, 5))
    await pause()
    const first = await client.patched(created.name, { enabled: true })
    await pause()
    const second = await client.patched(created.name, { api_keys: [{ api_key: 'sk-added' }] })
    expect(first.updated_at > created.updated_at).toBe(true)
    expect(second.updated_at > first.updated_at).toBe(true)
    expect(second.created_at).toBe(created.created_at)
  })

  it('leaves updated_at alone when a change is refused', async () => {
    const created = await client.created()
    await client.patch(created.name, { base_url: '' })
    await client.patch(created.name, { api_keys: [{ id: created.id }] })
    expect((await client.read(created.name)).updated_at).toBe(created.updated_at)
  })
})

describe('stored keys and another host', () => {
  it('lets an admin move the endpoint with the keys, and an editor only with all keys given again', async () => {
    const { name } = await client.created({ api_keys: ['sk-stays-here'] })
    const editor = coderClient(gateway, await gateway.token('EDITOR'))
    const refused = await editor.patch(name, { base_url: 'https://elsewhere.example' })
    expect([refused.status, refused.body.message]).toEqual([403, 'Forbidden.'])
    expect(refused.body.detail).toContain('Give all keys again')
    expect((await editor.patch(name, { base_url: 'https://elsewhere.example', api_keys: [{ api_key: 'sk-new' }] })).status).toBe(200)
    expect((await client.patch(name, { base_url: 'https://third.example' })).status).toBe(200)
  })
})
