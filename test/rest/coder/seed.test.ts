import { describe, expect, it } from 'vitest'
import { useGateway } from '../../support/use.ts'

/** The code samples of Coder's page "AI Providers", in its order, with its headers; placeholders are what a reader puts in their place. */
const gateway = useGateway()

const UUID = '497f6eca-6276-4993-bfeb-53cbbbba6f08'
const CREATE = `{
  "api_keys": [
    "string"
  ],
  "base_url": "string",
  "display_name": "string",
  "enabled": true,
  "name": "string",
  "settings": {},
  "type": "openai"
}`
const UPDATE = `{
  "api_keys": [
    {
      "api_key": "string",
      "id": "${UUID}"
    }
  ],
  "base_url": "string",
  "display_name": "string",
  "enabled": true,
  "settings": {}
}`
const FIELDS = ['api_keys', 'base_url', 'created_at', 'display_name', 'enabled', 'id', 'name', 'settings', 'type', 'updated_at']

async function curl(method: string, path: string, body?: string) {
  const response = await gateway.fetch(`/api/v2/ai/providers${path}`, {
    method,
    headers: {
      accept: 'application/json',
      'coder-session-token': gateway.adminToken,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : JSON.parse(text) }
}

describe('the code samples of the page', () => {
  it('List AI providers', async () => {
    expect(await curl('GET', '')).toEqual({ status: 200, body: [] })
  })

  it('Create an AI provider: the body is refused as it stands, as by a real server, and accepted with a URL and no settings', async () => {
    expect(await curl('POST', '', CREATE)).toMatchObject({ status: 400, body: { detail: expect.stringContaining('_type discriminator') } })
    const filledIn = CREATE.replace('"base_url": "string"', '"base_url": "https://api.openai.com/v1"').replace('{},', 'null,')
    const created = await curl('POST', '', filledIn)
    expect(created).toMatchObject({
      status: 201,
      body: { name: 'string', display_name: 'string', enabled: true, type: 'openai', settings: null },
    })
    expect(Object.keys(created.body)).toEqual(expect.arrayContaining(FIELDS))
    expect(Object.keys(created.body.api_keys[0]).sort()).toEqual(['created_at', 'id', 'masked'])
    expect((await curl('GET', '')).body).toEqual([created.body])
  })

  it('Get an AI provider, by its name and by its id', async () => {
    const byName = await curl('GET', '/string')
    expect(byName.status).toBe(200)
    expect(await curl('GET', `/${byName.body.id}`)).toEqual(byName)
  })

  it('Update an AI provider: the body is refused as it stands, and replaces the key when it says one thing of it', async () => {
    expect(await curl('PATCH', '/string', UPDATE)).toMatchObject({ status: 400 })
    const before = await curl('GET', '/string')
    const filledIn = UPDATE.replace('"base_url": "string"', '"base_url": "https://api.openai.com/v1"')
      .replace('{}', 'null')
      .replace(`,\n      "id": "${UUID}"`, '')
    const updated = await curl('PATCH', '/string', filledIn)
    expect(updated).toMatchObject({ status: 200, body: { id: before.body.id, name: 'string', api_keys: [{ masked: expect.any(String) }] } })
    expect(updated.body.api_keys[0].id).not.toBe(before.body.api_keys[0].id)
  })

  it('Delete an AI provider', async () => {
    expect(await curl('DELETE', '/string')).toEqual({ status: 204, body: null })
    expect((await curl('DELETE', '/string')).status).toBe(404)
  })
})
