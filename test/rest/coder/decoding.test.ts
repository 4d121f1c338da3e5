import { beforeAll, describe, expect, it } from 'vitest'
import { bedrock, coderClient, newProvider, PROVIDERS } from '../../support/coder-client.ts'
import { useGateway } from '../../support/use.ts'

let name: string
const gateway = useGateway()
const client = coderClient(gateway)
beforeAll(async () => {
  name = (await client.created()).name
})

const INVALID_JSON = 'Request body must be valid JSON.'

describe('JSON decoding (Coder contract, section 1.5)', () => {
  it('ignores unknown properties, and what cannot be changed', async () => {
    const answer = await client.patch(name, { name: 'other', type: 'azure', id: 1, created_at: 'x', unknown: {}, display_name: 'y' })
    expect([answer.status, answer.body.name, answer.body.type, answer.body.display_name]).toEqual([200, name, 'openai', 'y'])
  })

  it.each([
    ['{}', {}],
    ['null', null],
    ['only unknown properties', { name: 'x' }],
    ['only null values', { display_name: null, icon: null, enabled: null, base_url: null, api_keys: null, settings: null }],
  ])('refuses a PATCH of %s as empty', async (_what, body) => {
    const answer = await client.patch(name, body)
    expect([answer.status, answer.body]).toEqual([400, { message: 'At least one field must be provided.' }])
  })

  it.each([
    ['an empty body', ''],
    ['blanks', ' \n '],
    ['no JSON', 'display_name=x'],
    ['JSON that is cut off', '{"display_name":"x"'],
    ['a trailing comma', '{"display_name":"x",}'],
    ['an array', '[]'],
    ['a text', '"x"'],
    ['a number', '5'],
    ['a boolean', 'true'],
    ['enabled as text', '{"enabled":"yes"}'],
    ['enabled as number', '{"enabled":1}'],
    ['api_keys as text', '{"api_keys":"k"}'],
    ['a number among api_keys', '{"api_keys":[1]}'],
    ['display_name as number', '{"display_name":5}'],
    ['base_url as array', '{"base_url":["https://x"]}'],
    ['icon as object', '{"icon":{}}'],
    ['settings as text', '{"settings":"x"}'],
    ['more than 32 levels', `{"x":${'['.repeat(40)}${']'.repeat(40)}}`],
  ])('refuses %s, in both requests', async (_what, body) => {
    for (const [method, path] of [
      ['POST', PROVIDERS],
      ['PATCH', `${PROVIDERS}/${name}`],
    ] as const) {
      const answer = await client.send(method, path, { body })
      expect([method, answer.status, answer.body.message]).toEqual([method, 400, INVALID_JSON])
      expect(answer.body.detail).toBeTruthy()
      expect(answer.body.validations).toBeUndefined()
    }
  })

  it('says EOF for an empty body', async () => {
    expect((await client.send('POST', PROVIDERS, { body: '' })).body.detail).toBe('EOF')
  })

  it('refuses what only the other request takes: objects in a POST, flat texts in a PATCH', async () => {
    expect((await client.create(newProvider({ api_keys: [{ api_key: 'sk-x' }] }))).body.message).toBe(INVALID_JSON)
    expect((await client.patch(name, { api_keys: ['sk-x'] })).body.message).toBe(INVALID_JSON)
  })

  it('never repeats a key of a body that it cannot decode', async () => {
    for (const body of [
      '{"api_keys":[{"api_key":"sk-secret-value"}',
      '{"api_keys":"sk-secret-value"}',
      'sk-secret-value',
      '{"api_keys":[{"id":"sk-secret-value"}]}',
    ]) {
      const answer = await client.send('PATCH', `${PROVIDERS}/${name}`, { body })
      expect(answer.status).toBe(400)
      expect(answer.text).not.toContain('secret')
    }
  })

  it('matches names of properties in any case, the last of equal ones winning', async () => {
    const answer = await client.send('PATCH', `${PROVIDERS}/${name}`, { body: '{"DISPLAY_NAME":"a","Display_Name":"b","Icon":"i"}' })
    expect([answer.body.display_name, answer.body.icon]).toEqual(['b', 'i'])
    const twice = await client.send('PATCH', `${PROVIDERS}/${name}`, { body: '{"icon":"first","icon":"last"}' })
    expect(twice.body.icon).toBe('last')
    const created = await client.send('POST', PROVIDERS, {
      body: '{"TYPE":"anthropic","NAME":"upper","BASE_URL":"https://x","SETTINGS":{"_TYPE":"bedrock","_Version":1,"REGION":"r"}}',
    })
    expect(created.body.settings).toEqual({ _type: 'bedrock', _version: 1, region: 'r' })
  })

  it('reads the first JSON value only', async () => {
    const answer = await client.send('PATCH', `${PROVIDERS}/${name}`, { body: ' {"icon":"x}"} trailing {"icon":"y"}' })
    expect([answer.status, answer.body.icon]).toEqual([200, 'x}'])
  })

  it('takes null as what a value of the type is when nobody sets it', async () => {
    const missing = await client.create({ type: null, name: null, base_url: null })
    expect(missing.body.validations?.map(({ detail }) => detail)).toEqual(['type is required', 'name is required', 'base_url is required'])
    const created = await client.create(newProvider({ enabled: null, api_keys: null, display_name: null, icon: null, settings: null }))
    expect([created.status, created.body.enabled, created.body.api_keys]).toEqual([201, false, []])
    expect((await client.send('POST', PROVIDERS, { body: 'null' })).body.validations).toHaveLength(3)
    expect((await client.create(newProvider({ api_keys: [null] }))).body.validations).toEqual([
      { field: 'api_keys[0]', detail: 'api_keys entries must not be empty' },
    ])
    const cleared = await client.create(newProvider({ type: 'anthropic', settings: bedrock({ region: null, access_key: null }) }))
    expect(cleared.body.settings).toEqual({ _type: 'bedrock', _version: 1 })
  })

  it('does not check the content type', async () => {
    const body = JSON.stringify(newProvider())
    expect((await client.send('POST', PROVIDERS, { body, headers: { 'content-type': 'text/plain' } })).status).toBe(201)
  })

  it('ignores properties that mean something to JavaScript', async () => {
    const body = '{"__proto__":{"icon":"stolen","enabled":true},"constructor":{"prototype":{"icon":"stolen"}},"display_name":"kept"}'
    const answer = await client.send('PATCH', `${PROVIDERS}/${name}`, { body })
    expect([answer.body.display_name, answer.body.icon === 'stolen']).toEqual(['kept', false])
    expect(Object.hasOwn(Object.prototype, 'icon')).toBe(false)
  })

  it('replaces half a character with U+FFFD', async () => {
    const answer = await client.send('PATCH', `${PROVIDERS}/${name}`, { body: '{"icon":"a\\ud800b"}' })
    expect(answer.body.icon).toBe('a\ufffdb')
  })
})
