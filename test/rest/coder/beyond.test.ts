import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bedrock, coderClient } from '../../support/coder-client.ts'
import { auditEvents } from '../../support/store.ts'
import { useGateway } from '../../support/use.ts'

let upstream: Server
let upstreamUrl: string
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
const client = coderClient(gateway)
beforeAll(async () => {
  upstream = createServer((request, response) => {
    const known = request.headers.authorization === 'Bearer sk-good-fixture-key'
    const body = known
      ? { object: 'list', data: [{ id: 'model-a', object: 'model' }] }
      : { error: { message: 'Incorrect API key provided.' } }
    response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => void upstream.listen(0, '127.0.0.1', resolve))
  const address = upstream.address()
  upstreamUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/v1`
})
afterAll(() => {
  upstream.close()
})

const etagOf = async (name: string) => (await client.get(name)).headers.get('etag') ?? ''

describe('ETag and If-Match', () => {
  it('stand on every answer with one provider, and name its state', async () => {
    const body = { type: 'openai', name: 'tagged', base_url: 'https://x.example' }
    const created = await client.create(body)
    expect(created.headers.get('etag')).toBe(`"${created.body.id}.1"`)
    expect(await etagOf('tagged')).toBe(created.headers.get('etag'))
    const patched = await client.patch('tagged', { enabled: true })
    expect(patched.headers.get('etag')).toBe(`"${created.body.id}.2"`)
  })

  it('change a provider that is in the state asked for, and answer 412 otherwise, changing nothing', async () => {
    const { name } = await client.created()
    const etag = await etagOf(name)
    expect((await client.patch(name, { icon: 'a' }, { 'if-match': etag })).status).toBe(200)
    const refused = await client.patch(name, { icon: 'b' }, { 'if-match': etag })
    expect([refused.status, refused.body.message]).toEqual([
      412,
      'Precondition failed: the provider is not in the state that If-Match names.',
    ])
    expect((await client.remove(name, { 'if-match': etag })).status).toBe(412)
    expect((await client.read(name)).icon).toBe('a')
    expect((await client.remove(name, { 'if-match': await etagOf(name) })).status).toBe(204)
  })

  it('tell a provider from an earlier one of the same name', async () => {
    const { name } = await client.created()
    const etag = await etagOf(name)
    await client.remove(name)
    await client.created({ name })
    expect((await client.patch(name, { icon: 'a' }, { 'if-match': etag })).status).toBe(412)
    expect((await client.remove(name, { 'if-match': etag })).status).toBe(412)
  })

  it.each(['"x"', 'x', '""', '"6f0c1f6e-4f0e-4d4c-9f5e-0d1a2b3c4d5e.1"'])('match nothing when the tag is %s', async (tag) => {
    const { name } = await client.created()
    expect((await client.patch(name, { icon: 'a' }, { 'if-match': tag })).status).toBe(412)
  })

  it('match no weak tag, any state with *, and one of several', async () => {
    const { name } = await client.created()
    const etag = await etagOf(name)
    const status = async (tag: string) => (await client.patch(name, { icon: tag }, { 'if-match': tag })).status
    expect([await status(`W/${etag}`), await status(`"x", ${etag}`), await status('*')]).toEqual([412, 200, 200])
  })

  it('match the latest of several states, so that whoever expects another one overwrites nothing', async () => {
    const { id, name } = await client.created()
    for (const tags of [`"${id}.1", "${id}.2"`, `"${id}.2", "${id}.1"`])
      expect((await client.patch(name, { icon: 'a' }, { 'if-match': tags })).status).toBe(412)
    await client.patch(name, { icon: 'b' })
    expect((await client.patch(name, { icon: 'c' }, { 'if-match': `"${id}.1", "${id}.2"` })).status).toBe(200)
  })

  it('do not hide that a provider is not there, or that a request is wrong', async () => {
    expect((await client.patch('missing', { icon: 'a' }, { 'if-match': '"x"' })).status).toBe(404)
    const { name } = await client.created()
    expect((await client.patch(name, { base_url: '' }, { 'if-match': '"x"' })).status).toBe(400)
  })
})

describe('POST …/test', () => {
  it('tests every key, answers with the worst result and each, and leaves an audit event', async () => {
    const good = await client.created({ base_url: upstreamUrl, api_keys: ['sk-good-fixture-key'] })
    const ok = await client.test(good.name)
    expect([ok.status, ok.body]).toMatchObject([
      200,
      {
        success: true,
        status: 'ok',
        http_status: 200,
        key_verified: true,
        models: ['model-a'],
        tests: [{ api_key_id: good.api_keys[0]?.id }],
      },
    ])
    const mixed = await client.created({ base_url: upstreamUrl, api_keys: ['sk-good-fixture-key', 'sk-bad-fixture-key'] })
    const { body, text } = await client.test(mixed.id)
    expect(body).toMatchObject({ success: false, status: 'unauthorized', http_status: 401 })
    expect(body.tests?.map(({ status }) => status)).toEqual(['ok', 'unauthorized'])
    expect(text).not.toContain('fixture')
    expect((await auditEvents(gateway, mixed.id)).map(({ action, channel }) => `${action} ${channel}`)).toContain('provider.tested coder')
  })

  it('changes nothing: neither the state nor updated_at', async () => {
    const { name, updated_at } = await client.created({ base_url: upstreamUrl })
    const etag = await etagOf(name)
    await client.test(name)
    expect([await etagOf(name), (await client.read(name)).updated_at]).toEqual([etag, updated_at])
  })

  it('answers an address that may not be called as a result, and ignores a body', async () => {
    const { name } = await client.created({ base_url: 'http://10.0.0.1/v1', api_keys: ['sk-good-fixture-key'] })
    const answer = await client.send('POST', `/api/v2/ai/providers/${name}/test`, { body: 'anything' })
    expect([answer.status, answer.body.success, answer.body.status]).toEqual([200, false, 'blocked_address'])
  })

  it('tests a provider without keys once', async () => {
    const { name } = await client.created({ type: 'bedrock', settings: bedrock({ region: 'us-east-1' }) })
    expect((await client.test(name)).body).toMatchObject({ success: false, tests: [{ api_key_id: null }] })
  })
})

describe('GET /api/v2/openapi.json', () => {
  it('describes every route of the dialect, in OpenAPI 3.1', async () => {
    const answer = await client.send('GET', '/api/v2/openapi.json')
    const description = JSON.parse(answer.text)
    expect([answer.status, description.openapi]).toEqual([200, '3.1.0'])
    const { coderDialect } = await import('../../../src/rest/coder/routes.ts')
    for (const { method, path, name } of coderDialect.routes) {
      const template = path.replace(/\/$/, '').replace(':idOrName', '{idOrName}')
      expect(description.paths[template]?.[method.toLowerCase()]?.operationId).toBe(name)
    }
  })

  it('describes requests with the schemas that decode them', async () => {
    const { components } = JSON.parse((await client.send('GET', '/api/v2/openapi.json')).text)
    expect(Object.keys(components.schemas.CreateRequest.properties)).toContain('api_keys')
    expect(Object.keys(components.schemas.UpdateRequest.properties)).not.toContain('name')
    expect(components.schemas.Provider.additionalProperties).toBe(false)
  })
})
