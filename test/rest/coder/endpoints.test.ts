import { describe, expect, it } from 'vitest'
import { bedrock, coderClient, newProvider, PROVIDERS } from '../../support/coder-client.ts'
import { useGateway } from '../../support/use.ts'

const gateway = useGateway()
const client = coderClient(gateway)

describe('endpoints (Coder contract, section 1)', () => {
  it('answers an empty list with [], on the path with and without a slash at its end', async () => {
    for (const path of [PROVIDERS, `${PROVIDERS}/`]) {
      const answer = await client.send('GET', path)
      expect([answer.status, answer.text.trim()]).toEqual([200, '[]'])
    }
  })

  it('creates with 201 on the path with a slash at its end, too', async () => {
    const answer = await client.send('POST', `${PROVIDERS}/`, { body: newProvider() })
    expect(answer.status).toBe(201)
  })

  it('reads with 200, patches with 200 and the state after the patch, deletes with 204 and no body', async () => {
    const { name } = await client.created()
    expect((await client.get(name)).status).toBe(200)
    const patched = await client.patch(name, { display_name: 'After' })
    expect([patched.status, patched.body.display_name]).toEqual([200, 'After'])
    const removed = await client.remove(name)
    expect([removed.status, removed.text]).toEqual([204, ''])
  })

  it('lists disabled providers and not deleted ones, without pages', async () => {
    const names = Array.from({ length: 25 }, (_, index) => `page-${String(index).padStart(2, '0')}`)
    for (const name of names) await client.created({ name, enabled: name.endsWith('0') })
    await client.remove('page-00')
    const listed = (await client.list()).filter(({ name }) => name.startsWith('page-'))
    expect(listed.map(({ name }) => name)).toEqual(names.slice(1))
    expect(listed.filter(({ enabled }) => enabled).map(({ name }) => name)).toEqual(['page-10', 'page-20'])
  })

  it('ignores filters and paging in the query', async () => {
    const all = await client.list()
    const answer = await client.send('GET', `${PROVIDERS}?limit=1&q=page-01`)
    expect(JSON.parse(answer.text)).toEqual(all)
  })
})

describe('the provider object (section 1.1)', () => {
  it('has all fields, with the defaults of what was left out', async () => {
    const answer = await client.create({ type: 'openai', name: 'shape', base_url: 'https://api.openai.com/v1' })
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      type: 'openai',
      name: 'shape',
      display_name: 'shape',
      icon: '',
      enabled: false,
      base_url: 'https://api.openai.com/v1',
      api_keys: [],
      settings: null,
      created_at: expect.any(String),
      updated_at: expect.any(String),
    })
  })

  it('shows keys by id, mask and time, in the order of the request, and never their text', async () => {
    const answer = await client.create(newProvider({ api_keys: ['sk-openai-primary-fixture-aaaaaa', 'sk-openai-second-fixture-bbbbbb'] }))
    expect(answer.body.api_keys?.map(({ masked }) => masked)).toEqual(['sk-o...aaaa', 'sk-o...bbbb'])
    expect(answer.text).not.toContain('fixture')
  })

  it('writes times as RFC 3339 in UTC', async () => {
    const { created_at } = await client.created()
    expect(new Date(created_at).toISOString()).toBe(created_at)
    expect(Math.abs(Date.now() - Date.parse(created_at))).toBeLessThan(60_000)
  })

  it('computes display_name: the stored one, or the name while it is empty', async () => {
    const { name } = await client.created({ display_name: 'Shown' })
    expect((await client.read(name)).display_name).toBe('Shown')
    expect((await client.patched(name, { display_name: '' })).display_name).toBe(name)
  })
})

describe('error bodies (sections 1.2 and 1.3)', () => {
  it('is JSON with a message, and leaves out an empty detail and empty validations', async () => {
    const answer = await client.get('not-there')
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(answer.text.endsWith('\n')).toBe(true)
    expect(answer.body).toEqual({ message: 'Resource not found or you do not have access to this resource' })
  })

  it('answers 409 for a name that is taken, with the name in the message', async () => {
    const { name } = await client.created()
    const answer = await client.create(newProvider({ name }))
    expect(answer.status).toBe(409)
    expect(answer.body).toEqual({
      message: `AI provider "${name}" already exists.`,
      detail: 'execute transaction: pq: duplicate key value violates unique constraint "ai_providers_name_unique"',
    })
  })

  it.each(['POST', 'PATCH'])('answers 413 for a body of %s over 4 MiB, whether its length is announced or not', async (method) => {
    const path = method === 'POST' ? PROVIDERS : `${PROVIDERS}/some-name`
    const expected = { message: 'Request body too large.', detail: 'Maximum request body size is 4194304 bytes.' }
    const announced = await client.send(method, path, { body: `{"name":"${'x'.repeat(4_194_304)}"}` })
    expect([announced.status, announced.body]).toEqual([413, expected])

    const chunk = new Uint8Array(65_536).fill(32)
    const body = new ReadableStream({
      start: (stream) => {
        for (let sent = 0; sent < 70; sent++) stream.enqueue(chunk)
        stream.close()
      },
    })
    const init = { method, headers: { 'coder-session-token': gateway.adminToken }, body, duplex: 'half' as const }
    const streamed = await gateway.fetch(path, init)
    expect([streamed.status, await streamed.json()]).toEqual([413, expected])
  })

  it('takes a body of exactly 4 MiB', async () => {
    const body = JSON.stringify(newProvider())
    const answer = await client.send('POST', PROVIDERS, { body: body + ' '.repeat(4_194_304 - body.length) })
    expect(answer.status).toBe(201)
  })

  it('refuses a compressed body', async () => {
    const answer = await client.send('POST', PROVIDERS, { body: '{}', headers: { 'content-encoding': 'gzip' } })
    expect([answer.status, answer.body.message]).toEqual([400, 'Request body must be valid JSON.'])
  })

  it.each([
    '/api',
    '/api/',
    '/api/v2',
    '/api/v2/ai',
    '/api/v2/ai/provider',
    `${PROVIDERS}/a/b`,
    `${PROVIDERS}/a/`,
    `${PROVIDERS}/catalog/x`,
  ])('answers 404 for the unknown API path %s, to anybody', async (path) => {
    const answer = await client.send('GET', path, { token: null })
    expect([answer.status, answer.body]).toEqual([404, { message: 'Route not found.' }])
  })

  it.each([
    ['PUT', PROVIDERS, 'GET, POST'],
    ['DELETE', PROVIDERS, 'GET, POST'],
    ['PUT', `${PROVIDERS}/x`, 'GET, PATCH, DELETE'],
    ['POST', `${PROVIDERS}/x`, 'GET, PATCH, DELETE'],
    ['GET', `${PROVIDERS}/x/test`, 'POST'],
  ])('answers 405 for %s %s, and says which methods there are', async (method, path, allowed) => {
    const answer = await client.send(method, path)
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allowed])
    expect(answer.body.message).not.toBe('')
  })

  it('answers HEAD with 405 and without a body', async () => {
    const answer = await client.send('OPTIONS', PROVIDERS)
    expect(answer.status).toBe(405)
    const head = await gateway.fetch(PROVIDERS, { method: 'HEAD', headers: { 'coder-session-token': gateway.adminToken } })
    expect([head.status, await head.text()]).toEqual([405, ''])
  })

  it('puts the security headers and the request id on every answer', async () => {
    for (const answer of [
      await client.send('GET', PROVIDERS),
      await client.send('GET', PROVIDERS, { token: null }),
      await client.get('x'),
    ]) {
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    }
  })
})

describe('the documented example', () => {
  it('gets the 400 of a real server for `settings: {}`, and is accepted without it', async () => {
    const body = { api_keys: ['string'], base_url: 'https://string', display_name: 'string', enabled: true, name: 'string', type: 'openai' }
    const refused = await client.create({ ...body, settings: {} })
    expect([refused.status, refused.body.message]).toEqual([400, 'Request body must be valid JSON.'])
    expect(refused.body.detail).toContain('_type discriminator')
    expect((await client.create(body)).status).toBe(201)
    const patch = { display_name: 'string', enabled: true, settings: {} }
    expect((await client.patch('string', patch)).body.detail).toContain('_type discriminator')
  })

  it('serves all nine types', async () => {
    for (const type of ['anthropic', 'azure', 'copilot', 'google', 'openai', 'openai-compat', 'openrouter', 'vercel'])
      expect((await client.created({ type })).type).toBe(type)
    expect((await client.created({ type: 'bedrock', settings: bedrock({ region: 'us-east-1' }) })).type).toBe('bedrock')
  })
})
