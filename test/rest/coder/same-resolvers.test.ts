import { readdirSync, readFileSync } from 'node:fs'
import { parse, specifiedRules, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { schema } from '../../../src/graphql/schema.ts'
import { coderClient, PROVIDERS } from '../../support/coder-client.ts'
import { auditEvents } from '../../support/store.ts'
import { useGateway } from '../../support/use.ts'

const log: string[] = []
const gateway = useGateway({ log: (line) => log.push(line) })
const client = coderClient(gateway)

const READ =
  'query ($name: String!) { provider(by: { name: $name }) { uuid displayName enabled version apiKeys { nodes { uuid masked } } } }'
interface Read {
  readonly provider: {
    uuid: string
    displayName: string
    enabled: boolean
    version: number
    apiKeys: { nodes: { uuid: string; masked: string }[] }
  } | null
}

describe('one truth behind both APIs', () => {
  it('shows a change over REST at once in GraphQL', async () => {
    const { id, name, api_keys } = await client.created({ api_keys: ['sk-shared-fixture-key-aaaa'] })
    expect((await gateway.ask<Read>(READ, { name })).provider).toEqual({
      uuid: id,
      displayName: name,
      enabled: false,
      version: 1,
      apiKeys: { nodes: [{ uuid: api_keys[0]?.id, masked: 'sk-s...aaaa' }] },
    })
    await client.patched(name, { display_name: 'Over REST', enabled: true })
    expect((await gateway.ask<Read>(READ, { name })).provider).toMatchObject({ displayName: 'Over REST', enabled: true, version: 2 })
    await client.remove(name)
    expect((await gateway.ask<Read>(READ, { name })).provider).toBeNull()
  })

  it('shows a change over GraphQL at once in REST', async () => {
    const ask = (field: string, type: string, input: Record<string, unknown>) =>
      gateway.ask(`mutation ($input: ${type}!) { ${field}(input: $input) { __typename } }`, { input })
    const apiKeys = [{ credential: { value: 'sk-shared-fixture-key-bbbb' } }]
    await ask('createProvider', 'CreateProviderInput', { name: 'both-ways', type: 'OPENAI_COMPAT', baseUrl: 'https://x.example', apiKeys })
    expect(await client.read('both-ways')).toMatchObject({ type: 'openai-compat', enabled: true, api_keys: [{ masked: 'sk-s...bbbb' }] })
    await ask('updateProvider', 'UpdateProviderInput', { provider: { name: 'both-ways' }, displayName: 'Over GraphQL', apiKeys: [] })
    expect(await client.read('both-ways')).toMatchObject({ display_name: 'Over GraphQL', api_keys: [] })
    await ask('deleteProvider', 'DeleteProviderInput', { provider: { name: 'both-ways' } })
    expect((await client.get('both-ways')).status).toBe(404)
  })

  it('leaves an audit event for each change that names its channel, its request and no secret', async () => {
    const answer = await client.create({
      type: 'openai',
      name: 'audited',
      base_url: 'https://x.example',
      api_keys: ['sk-audited-fixture-key-cccc'],
    })
    const id = answer.body.id ?? ''
    await gateway.ask('mutation { updateProvider(input: { provider: { name: "audited" }, enabled: true }) { __typename } }')
    await client.patched('audited', { api_keys: [{ api_key: 'sk-audited-fixture-key-dddd' }] })
    await client.remove('audited')
    const events = await auditEvents(gateway, id)
    expect(events.map(({ action, channel }) => `${action} over ${channel}`)).toEqual([
      'provider.created over coder',
      'provider.updated over graphql',
      'provider.updated over coder',
      'provider.deleted over coder',
    ])
    expect(events[0]?.requestId).toBe(answer.headers.get('x-request-id'))
    expect(events[2]?.changes).toMatchObject({
      apiKeys: { added: [{ masked: 'sk-a...dddd' }], removed: [{ masked: 'sk-a...cccc' }], kept: 0 },
    })
    expect(JSON.stringify(events)).not.toContain('fixture')
  })

  it('leaves no audit event when nothing was changed', async () => {
    const { id, name } = await client.created()
    await client.patch(name, { base_url: '' })
    await client.patch(name, { api_keys: [{ id }] })
    await client.get(name)
    expect(await auditEvents(gateway, id)).toHaveLength(1)
  })
})

describe('the log', () => {
  it('names the route and the status, and has no path, query, name or body of a request', async () => {
    const { name } = await client.created({ name: 'named-in-no-line', api_keys: ['sk-logged-fixture-key'] })
    await client.patch(name, { base_url: 'sk-logged-fixture-key' })
    await client.send('GET', `${PROVIDERS}?secret=logged-fixture`)
    await client.send('GET', '/api/v2/logged-fixture', { token: null })
    // A line is written when its connection is done, which may be after the answer arrived.
    await expect.poll(() => log.join('')).toContain('rest.unknown')
    const lines = log.map((line) => JSON.parse(line))
    expect(lines).toContainEqual(expect.objectContaining({ route: 'coder.updateProvider', method: 'PATCH', status: 400 }))
    expect(lines).toContainEqual(expect.objectContaining({ route: 'coder.listProviders', status: 200 }))
    expect(log.join('')).not.toMatch(/fixture|named-in-no-line|api\/v2/)
  })
})

describe('the operations of the dialects', () => {
  const files = readdirSync('src/rest', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.graphql'))
  const shared = 'problem.graphql'
  const folders = [...new Set(files.filter((file) => file !== shared).map((file) => file.replace(/[^/\\]+$/, '')))]

  it.each(folders)('fit the schema: src/rest/%s', (folder) => {
    const text = files.filter((file) => file === shared || file.startsWith(folder)).map((file) => readFileSync(`src/rest/${file}`, 'utf8'))
    const rules = specifiedRules.filter(({ name }) => name !== 'LoneAnonymousOperationRule')
    expect(validate(schema, parse(text.join('\n')), rules)).toEqual([])
  })
})
