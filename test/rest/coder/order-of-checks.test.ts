import { beforeAll, describe, expect, it } from 'vitest'
import { bedrock, coderClient, newProvider, PROVIDERS } from '../../support/coder-client.ts'
import { useGateway } from '../../support/use.ts'

let viewer: string
const gateway = useGateway()
const client = coderClient(gateway)
beforeAll(async () => {
  viewer = await gateway.token('VIEWER')
})

const UNKNOWN_KEY = '00000000-0000-4000-8000-000000000000'

describe('which error wins (Coder contract, section 1.4)', () => {
  it.each(['POST', 'PATCH'])('%s: 401 before 403, 403 before the body is read', async (method) => {
    const path = method === 'POST' ? PROVIDERS : `${PROVIDERS}/Bad_Name`
    expect((await client.send(method, path, { token: null, body: 'not JSON' })).status).toBe(401)
    expect((await client.send(method, path, { token: viewer, body: 'not JSON' })).status).toBe(403)
    const tooLarge = ' '.repeat(4_194_305)
    expect((await client.send(method, path, { token: viewer, body: tooLarge })).status).toBe(403)
    expect((await client.send(method, path, { body: tooLarge })).status).toBe(413)
  })

  it('POST: JSON before fields, fields before Bedrock and keys, those before the name that is taken', async () => {
    const { name } = await client.created()
    const keyed = { type: 'anthropic', name, base_url: 'https://x.example', settings: bedrock({ region: 'r' }), api_keys: ['sk-key'] }
    expect((await client.create({ ...keyed, enabled: 'yes', base_url: '' })).body.message).toBe('Request body must be valid JSON.')
    expect((await client.create({ ...keyed, base_url: '' })).body.message).toBe('Invalid AI provider request.')
    const bedrockKeys = await client.create(keyed)
    expect([bedrockKeys.status, bedrockKeys.body]).toEqual([
      400,
      { message: 'Bedrock providers do not accept api_keys; configure access credentials via settings.' },
    ])
    expect((await client.create({ ...keyed, api_keys: [] })).status).toBe(409)
  })

  it('PATCH: JSON, then the empty patch, then fields, then the path, then the lookup', async () => {
    const message = async (idOrName: string, body: unknown) => (await client.patch(idOrName, body)).body.message
    expect(await message('Bad_Name', { enabled: 1 })).toBe('Request body must be valid JSON.')
    expect(await message('Bad_Name', {})).toBe('At least one field must be provided.')
    expect(await message('Bad_Name', { base_url: '' })).toBe('Invalid AI provider request.')
    expect(await message('Bad_Name', { enabled: true })).toContain('Invalid provider id or name')
  })

  it('PATCH on a provider that is not there: 400 for an invalid or empty body, 404 for a valid one', async () => {
    expect((await client.patch('missing', { base_url: 'ftp://x' })).status).toBe(400)
    expect((await client.patch('missing', {})).status).toBe(400)
    expect((await client.patch('missing', { api_keys: [{}] })).status).toBe(400)
    expect((await client.patch('missing', { enabled: true })).status).toBe(404)
  })

  it('PATCH: the external id, then the type of the settings, then Bedrock keys, then unknown keys', async () => {
    const { name } = await client.created()
    const chosen = bedrock({ external_id: 'MINE' })
    const message = async (idOrName: string, body: unknown) => (await client.patch(idOrName, body)).body.message
    const keys = [{ id: UNKNOWN_KEY }]
    expect(await message(name, { settings: chosen, api_keys: keys })).toBe(
      'The Bedrock external ID is server-generated and cannot be changed.',
    )
    expect(await message(name, { settings: bedrock(), api_keys: keys })).toBe(
      'Bedrock settings are only valid for type=anthropic or type=bedrock.',
    )
    const anthropic = await client.created({ type: 'anthropic' })
    expect(await message(anthropic.name, { settings: bedrock(), api_keys: keys })).toBe(
      'Bedrock providers do not accept api_keys; configure access credentials via settings.',
    )
    expect(await message(anthropic.name, { api_keys: keys })).toBe('api_keys references an unknown id for this provider')
  })

  it('collects all faults of a POST in the order of the fields, a type that does not exist first', async () => {
    const answer = await client.create({
      type: 'mistral',
      name: 'Bad Name',
      base_url: 'ftp://x',
      api_keys: ['', ' k'],
      settings: bedrock({ role_arn: 'x', external_id: 'MINE' }),
    })
    expect(answer.status).toBe(400)
    expect(answer.body.validations?.map(({ field }) => field)).toEqual([
      'type',
      'name',
      'base_url',
      'api_keys[0]',
      'api_keys[1]',
      'settings',
      'settings.role_arn',
      'settings.external_id',
    ])
  })

  it('gives a request with one fault exactly one entry', async () => {
    const faults = [{ name: '' }, { type: '' }, { type: 'x' }, { base_url: '' }, { api_keys: [''] }, { settings: bedrock() }]
    for (const fault of faults) expect((await client.create(newProvider(fault))).body.validations).toHaveLength(1)
  })
})

describe('a PATCH is one transaction', () => {
  it('leaves everything as it was when any part of it fails', async () => {
    const { name } = await client.created({ type: 'anthropic', display_name: 'Before', api_keys: ['sk-before-key'] })
    const before = await client.get(name)
    const failing = {
      display_name: 'After',
      enabled: true,
      base_url: 'https://after.example',
      api_keys: [{ api_key: 'new' }, { id: UNKNOWN_KEY }],
    }
    expect((await client.patch(name, failing)).status).toBe(400)
    const after = await client.get(name)
    expect(after.body).toEqual(before.body)
    expect(after.headers.get('etag')).toBe(before.headers.get('etag'))
  })
})
