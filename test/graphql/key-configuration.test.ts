import { describe, expect, test } from 'vitest'
import { newProvider, rulesOf, writerAs } from '../support/providers.ts'
import { useGateway } from '../support/use.ts'

const gateway = useGateway()
const admin = writerAs(gateway, 'ADMIN')
const editor = writerAs(gateway, 'EDITOR')

const KEY = 'sk-a-key-of-a-fair-length'
const SECRET = 'a-client-secret-worth-stealing'

const READ = `query ($id: ID!) { node(id: $id) { ... on Provider { apiKeys { nodes {
  id masked longMask endpoint endpointVariable region roleArn externalId models exceptModels extensions
  credentialParts { name masked environmentVariable } } } } } }`

interface Configured {
  readonly id: string
  readonly [field: string]: unknown
}

async function keysOf(id: string): Promise<readonly Configured[]> {
  const { node } = await gateway.ask<{ node: { apiKeys: { nodes: Configured[] } } }>(READ, { id })
  return node.apiKeys.nodes
}

const part = (name: string, value?: string) => ({ name, ...(value === undefined ? {} : { credential: { value } }) })
const bedrock = {
  credentialParts: [
    part('endpoint', 'https://bedrock.example.com'),
    part('aws.region', 'eu-central-1'),
    part('aws.roleArn', 'arn:aws:iam::123456789012:role/r'),
    part('aws.externalId', 'an-external-id'),
    part('aws.secretAccessKey', SECRET),
    part('acme.tenant_id', 'tenant-0123456789'),
  ],
  models: ['gpt-*'],
  exceptModels: ['gpt-4'],
  extensions: { acme: { note: 'a', nested: { b: [1] } } },
}

describe('the configuration of a key', () => {
  test('is given back without its secrets', async () => {
    const { id } = await admin.created({ apiKeys: [{ credential: { value: KEY }, ...bedrock }] })
    expect(await keysOf(id)).toEqual([
      {
        ...{ id: expect.any(String), masked: 'sk-a...ngth', longMask: `sk-a${'*'.repeat(24)}ngth` },
        ...{ endpoint: 'https://bedrock.example.com', endpointVariable: null, region: 'eu-central-1' },
        ...{ roleArn: 'arn:aws:iam::123456789012:role/r', externalId: 'an-external-id' },
        ...{ models: ['gpt-*'], exceptModels: ['gpt-4'], extensions: { acme: { note: 'a', nested: { b: [1] } } } },
        credentialParts: [
          { name: 'aws.secretAccessKey', masked: `a-cl${'*'.repeat(24)}ling`, environmentVariable: null },
          { name: 'acme.tenant_id', masked: `tena${'*'.repeat(24)}6789`, environmentVariable: null },
        ],
      },
    ])
  })

  test('stays where a change says nothing of it, field by field', async () => {
    const { id } = await admin.created({ apiKeys: [{ credential: { value: KEY }, ...bedrock }] })
    const before = await keysOf(id)
    const key = before[0]?.id
    await admin.updated(id, { apiKeys: [{ keep: { id: key, weight: 3, name: 'renamed' } }] })
    expect(await keysOf(id)).toEqual(before)
    await editor.updated(id, { apiKeys: [{ keep: { id: key, models: ['*'], exceptModels: [] } }] })
    expect(await keysOf(id)).toEqual([{ ...before[0], models: null, exceptModels: null }])
    await editor.updated(id, { apiKeys: [{ keep: { id: key, models: [] } }] })
    expect(await keysOf(id)).toEqual([{ ...before[0], models: [], exceptModels: null }])
  })

  test('merges its extensions by namespace and property', async () => {
    const { id } = await admin.created({ apiKeys: [{ credential: { value: KEY }, ...bedrock }] })
    const key = (await keysOf(id))[0]?.id
    await editor.updated(id, { apiKeys: [{ keep: { id: key, extensions: { acme: { note: null, more: 1 }, other: { c: true } } } }] })
    expect((await keysOf(id))[0]?.extensions).toEqual({ acme: { nested: { b: [1] }, more: 1 }, other: { c: true } })
    await editor.updated(id, { apiKeys: [{ keep: { id: key, extensions: { acme: { nested: null, more: null }, other: { c: null } } } }] })
    expect((await keysOf(id))[0]?.extensions).toEqual({})
  })

  test('keeps the parts that are named without a value, and deletes those that are not named', async () => {
    const { id } = await admin.created({ apiKeys: [{ credential: { value: KEY }, ...bedrock }] })
    const [before] = await keysOf(id)
    const kept = bedrock.credentialParts.filter(({ name }) => name !== 'acme.tenant_id').map(({ name }) => part(name))
    await editor.updated(id, { apiKeys: [{ keep: { id: before?.id, credentialParts: kept } }] })
    expect((await keysOf(id))[0]).toEqual({
      ...before,
      credentialParts: [{ name: 'aws.secretAccessKey', masked: `a-cl${'*'.repeat(24)}ling`, environmentVariable: null }],
    })
    const missing = { keep: { id: before?.id, credentialParts: [part('acme.tenant_id')] } }
    expect(rulesOf(await editor.update(id, { apiKeys: [missing] }))).toEqual(['apiKeys.0.keep.credentialParts.0 NOTHING_TO_KEEP'])
    const added = {
      add: {
        credential: { value: 'sk-of-a-second-key' },
        credentialParts: [part('endpoint', 'https://a.example'), part('acme.tenant_id')],
      },
    }
    expect(rulesOf(await editor.update(id, { apiKeys: [{ keep: { id: before?.id } }, added] }))).toEqual([
      'apiKeys.1.add.credentialParts.1 NOTHING_TO_KEEP',
    ])
    expect(rulesOf(await editor.create({ apiKeys: [{ credential: { value: KEY } }, added.add] }))).toEqual([
      'apiKeys.1.credentialParts.1 NOTHING_TO_KEEP',
    ])
  })

  test('needs no value beside parts, and one where no parts are given', async () => {
    await admin.created({ apiKeys: [{ credentialParts: [part('endpoint', 'https://vllm.example.com')] }] })
    for (const apiKeys of [[{}], [{ models: ['a'] }], [{ extensions: {} }]])
      expect(rulesOf(await admin.create({ apiKeys }))).toEqual(['apiKeys.0.credential REQUIRED'])
  })

  test.each(['endpoint', 'aws.region', 'aws.roleArn'])('does not let an editor change its %s while its secrets stay', async (name) => {
    const { id } = await admin.created({ apiKeys: [{ credential: { value: KEY }, ...bedrock }] })
    const key = (await keysOf(id))[0]?.id
    const moved = name === 'endpoint' ? 'https://thief.example.com' : 'arn:aws:iam::666666666666:role/thief'
    const others = bedrock.credentialParts.filter((one) => one.name !== name)
    const keeping = [...others.map((one) => part(one.name)), part(name, moved)]
    const refused = { __typename: 'KeyRequiredForNewEndpointError' }
    const keep = (more: object) => editor.update(id, { apiKeys: [{ keep: { id: key, ...more } }] })
    expect(await keep({ credentialParts: keeping })).toMatchObject(refused)
    expect(await keep({ credentialParts: others.map((one) => part(one.name)) })).toMatchObject(refused)
    // The value alone is not enough: the other parts would go there too.
    expect(await keep({ credential: { value: `${KEY}-2` }, credentialParts: keeping })).toMatchObject(refused)
    expect(await keep({ credential: { value: `${KEY}-2` }, credentialParts: [...others, part(name, moved)] })).toMatchObject({
      __typename: 'UpdateProviderPayload',
    })
  })
})

const long = (length: number) => 'x'.repeat(length)
const parts = (count: number) => Array.from({ length: count }, (_, index) => part(`acme.p${index}`, 'v'))

describe('a hostile configuration of a key', () => {
  test.each([
    ['an unknown part', { credentialParts: [part('aws.surprise', 'v')] }, 'credentialParts.0.name NOT_ALLOWED'],
    ['the value among the parts', { credentialParts: [part('value', 'v')] }, 'credentialParts.0.name NOT_ALLOWED'],
    ['a prototype for a part', { credentialParts: [part('__proto__', 'v')] }, 'credentialParts.0.name NOT_ALLOWED'],
    ['a long name of a part', { credentialParts: [part(`acme.${long(900_000)}`, 'v')] }, 'credentialParts.0.name NOT_ALLOWED'],
    ['the namespace of the gateway', { credentialParts: [part('network.x', 'v')] }, 'credentialParts.0.name NOT_ALLOWED'],
    ['a part twice', { credentialParts: [part('aws.region', 'a'), part('aws.region', 'b')] }, 'credentialParts.1.name NOT_ALLOWED'],
    ['too many parts', { credentialParts: parts(51) }, 'credentialParts OUT_OF_RANGE'],
    ['a huge part', { credentialParts: [part('azure.clientSecret', long(65_537))] }, 'credentialParts.0.credential.value OUT_OF_RANGE'],
    ['a huge region', { credentialParts: [part('aws.region', long(8_193))] }, 'credentialParts.0.credential.value OUT_OF_RANGE'],
    ['a mask', { credentialParts: [part('azure.clientSecret', 'sk-a...wxyz')] }, 'credentialParts.0.credential.value API_KEY_MASKED'],
    [
      'an endpoint that is none',
      { credentialParts: [part('endpoint', 'file:///etc/passwd')] },
      'credentialParts.0.credential.value URL_NOT_ALLOWED',
    ],
    ['too many models', { models: Array.from({ length: 10_001 }, () => 'm') }, 'models OUT_OF_RANGE'],
    ['a long model', { exceptModels: [long(2_001)] }, 'exceptModels.0 OUT_OF_RANGE'],
    ['half a character', { models: ['a', '\ud800'] }, 'models.1 NOT_ALLOWED'],
    ['a text for extensions', { extensions: 'text' }, 'extensions NOT_ALLOWED'],
    ['a list for extensions', { extensions: [] }, 'extensions NOT_ALLOWED'],
    ['a text for a namespace', { extensions: { acme: 'text' } }, 'extensions.acme NOT_ALLOWED'],
    ['a bad namespace', { extensions: { 'Acme!': {} } }, 'extensions NOT_ALLOWED'],
    ['the namespace of the gateway', { extensions: { aws: {} } }, 'extensions NOT_ALLOWED'],
    ['a huge extension', { extensions: { acme: { a: long(262_144) } } }, 'extensions.acme OUT_OF_RANGE'],
    ['a character that cannot be stored', { extensions: { acme: { a: ['\u0000'] } } }, 'extensions.acme NOT_ALLOWED'],
    ['too many namespaces', { extensions: Object.fromEntries(namespaces(21)) }, 'extensions OUT_OF_RANGE'],
  ])('is refused: %s', async (_what, configuration, issue) => {
    const result = await admin.create({ apiKeys: [{ credential: { value: KEY }, credentialParts: [], ...configuration }] })
    expect(rulesOf(result)).toEqual([`apiKeys.0.${issue}`])
    expect(JSON.stringify(result)).not.toContain(long(300))
  })

  test('cannot grow by small changes beyond what one provider may keep', async () => {
    const { id } = await admin.created({ apiKeys: [{ credential: { value: KEY }, extensions: { acme: { a: long(200_000) } } }] })
    const key = (await keysOf(id))[0]?.id
    const more = { apiKeys: [{ keep: { id: key, extensions: { other: { b: long(200_000) } } } }] }
    expect(rulesOf(await admin.update(id, more))).toEqual(['apiKeys.0.keep.extensions OUT_OF_RANGE'])
  })

  test('never reaches a prototype', async () => {
    const text = JSON.stringify({
      input: { ...newProvider({}), apiKeys: [{ credential: { value: KEY }, extensions: { acme: { a: 1 } } }] },
    })
    const variables = JSON.parse(text.replace('"a":1', '"__proto__":{"polluted":1},"constructor":{"b":2},"c":3'))
    const query =
      'mutation ($input: CreateProviderInput!) { createProvider(input: $input) { ... on CreateProviderPayload { provider { id } } } }'
    const { createProvider } = await gateway.ask<{ createProvider: { provider: { id: string } } }>(query, variables)
    expect((await keysOf(createProvider.provider.id))[0]?.extensions).toEqual({ acme: { c: 3 } })
    expect('polluted' in {}).toBe(false)
  })
})

function namespaces(count: number): [string, object][] {
  return Array.from({ length: count }, (_, index) => [`n${'abcdefghijklmnopqrstuvwxyz'[index]}`, {}])
}
