import { describe, expect, test } from 'vitest'
import { type Issue, writerAs, writerOf } from '../support/providers.ts'
import { useGateway } from '../support/use.ts'

const gateway = useGateway()
const editor = writerAs(gateway, 'EDITOR')

const rules = (issues: readonly Issue[] | undefined) => issues?.map(({ path, rule }) => `${path.join('.')} ${rule}`)

test('a refused provider lists every broken rule with its place, at once', async () => {
  const { __typename, issues } = await editor.create({
    ...{ name: 'Not A Name', baseUrl: 'ftp://files.example.com', displayName: 'x'.repeat(2_001), icon: 'x'.repeat(8_193) },
    apiKeys: [
      { credential: { value: '' } },
      { credential: { value: ' padded ' }, name: 'x'.repeat(201), weight: -1 },
      { credential: { value: 'sk-fine-0000000000000001' }, weight: 1_000_001 },
      { credential: { value: 'naïve' } },
    ],
    settings: { bedrock: { roleArn: 'not-an-arn', externalId: 'chosen', accessKey: '****', region: 'x'.repeat(2_001) } },
  })
  expect(__typename).toBe('ValidationError')
  expect(rules(issues)).toEqual([
    'name NAME_FORMAT',
    'displayName OUT_OF_RANGE',
    'icon OUT_OF_RANGE',
    'baseUrl URL_SCHEME',
    'apiKeys.0.credential.value API_KEY_BLANK',
    'apiKeys.1.credential.value API_KEY_SURROUNDING_BLANKS',
    'apiKeys.1.name OUT_OF_RANGE',
    'apiKeys.1.weight OUT_OF_RANGE',
    'apiKeys.2.weight OUT_OF_RANGE',
    'apiKeys.3.credential.value API_KEY_CHARACTERS',
    'settings SETTINGS_NOT_SUPPORTED',
    'settings.bedrock.roleArn ROLE_ARN_FORMAT',
    'settings.bedrock.region OUT_OF_RANGE',
    'settings.bedrock.accessKey API_KEY_MASKED',
    'settings.bedrock.externalId EXTERNAL_ID_GENERATED',
  ])
})

test('a refused change lists every broken rule with its place, at once', async () => {
  const provider = await editor.created({ apiKeys: [{ credential: { value: 'sk-fine-0000000000000001' } }] })
  const id = provider.apiKeys.nodes[0]?.id
  const { issues } = await editor.update(provider.id, {
    ...{ baseUrl: 'https://user:hunter2@example.com', displayName: 'x'.repeat(2_001), icon: 'x'.repeat(8_193) },
    apiKeys: [{ keep: { id, name: 'x'.repeat(201), weight: -0.1 } }, { add: { credential: { value: 'a\nb' } } }],
    settings: { bedrock: { roleArn: 'arn:aws:s3:::bucket' } },
  })
  expect(rules(issues)).toEqual([
    'displayName OUT_OF_RANGE',
    'icon OUT_OF_RANGE',
    'baseUrl URL_NOT_ALLOWED',
    'apiKeys.0.keep.name OUT_OF_RANGE',
    'apiKeys.0.keep.weight OUT_OF_RANGE',
    'apiKeys.1.add.credential.value API_KEY_CHARACTERS',
    'settings.bedrock.roleArn ROLE_ARN_FORMAT',
  ])
})

test('checkProvider lists what createProvider would, and creates nothing', async () => {
  const CHECK = 'query ($input: CreateProviderInput!) { checkProvider(input: $input) { path rule message } }'
  const input = { name: 'Bad Name', type: 'BEDROCK', baseUrl: '', apiKeys: [{ credential: { value: '...' } }] }
  const { checkProvider } = await gateway.ask<{ checkProvider: Issue[] }>(CHECK, { input })
  expect(checkProvider).toEqual((await editor.create(input)).issues)
  expect(rules(checkProvider)).toEqual([
    'name NAME_FORMAT',
    'baseUrl REQUIRED',
    'apiKeys.0.credential.value API_KEY_MASKED',
    'apiKeys API_KEYS_NOT_SUPPORTED',
    'settings SETTINGS_REQUIRED',
  ])
  const fine = { name: 'only-checked', type: 'OPENAI', baseUrl: 'https://api.example.com' }
  expect(await gateway.ask(CHECK, { input: fine })).toEqual({ checkProvider: [] })
  expect(await gateway.ask('{ provider(by: { name: "only-checked" }) { id } }')).toEqual({ provider: null })
})

describe('the base URL', () => {
  test.each([
    ['', 'REQUIRED'],
    ['   ', 'URL_NOT_ABSOLUTE'],
    ['api.example.com/v1', 'URL_NOT_ABSOLUTE'],
    ['/v1', 'URL_NOT_ABSOLUTE'],
    ['https://', 'URL_NOT_ABSOLUTE'],
    ['https:///v1', 'URL_NOT_ABSOLUTE'],
    ['https:api.example.com', 'URL_NOT_ABSOLUTE'],
    [' https://api.example.com', 'URL_NOT_ABSOLUTE'],
    ['https://api.example.com\n', 'URL_NOT_ABSOLUTE'],
    ['https://api.exa mple.com', 'URL_NOT_ABSOLUTE'],
    ['https://api.example.com/%zz', 'URL_NOT_ABSOLUTE'],
    ['file:///etc/passwd', 'URL_NOT_ABSOLUTE'],
    ['ftp://api.example.com', 'URL_SCHEME'],
    ['javascript://api.example.com/%0aalert(1)', 'URL_SCHEME'],
    ['https://user@api.example.com', 'URL_NOT_ALLOWED'],
    ['https://user:hunter2@api.example.com', 'URL_NOT_ALLOWED'],
    ['https://api.example.com/v1#part', 'URL_NOT_ALLOWED'],
    ['https://169.254.169.254/latest/meta-data', 'URL_NOT_ALLOWED'],
    ['http://[fd00:ec2::254]/', 'URL_NOT_ALLOWED'],
    ['http://0.0.0.0:8080', 'URL_NOT_ALLOWED'],
    ['https://api.example.com/v1 ', 'URL_NOT_ALLOWED'],
    ['https://api.example.com/v1 (main)', 'URL_NOT_ALLOWED'],
    ['https://api.example.com/v1，https://other.example.com/v1', 'URL_NOT_ALLOWED'],
    ['https://api．example．com/v1', 'URL_NOT_ALLOWED'],
    ['https://api.example.com/ｖ１', 'URL_NOT_ALLOWED'],
    ['https://api.example.com：8443/v1', 'URL_NOT_ALLOWED'],
    ['https://api.example.com/v1?key 1', 'URL_NOT_ALLOWED'],
    ['https://api.example.com/v1\u00a0', 'URL_NOT_ALLOWED'],
    ['https://api.example.com/v1\u200b', 'URL_NOT_ALLOWED'],
    ['https://api.example.com/v1\u3000', 'URL_NOT_ALLOWED'],
    ['http://8.8.8.8/v1', 'URL_NOT_ALLOWED'],
    [`https://api.example.com/${'x'.repeat(8_192)}`, 'OUT_OF_RANGE'],
  ])('%j breaks %s', async (baseUrl, rule) => {
    const created = await editor.create({ baseUrl })
    expect(rules(created.issues)).toEqual([`baseUrl ${rule}`])
    expect(created.message).not.toContain('hunter2')
    const provider = await editor.created({})
    expect(rules((await editor.update(provider.id, { baseUrl })).issues)).toEqual([`baseUrl ${rule}`])
  })

  test.each(['https://api.example.com', 'HTTPS://API.EXAMPLE.COM:8443/v1/?a=b', 'https://8.8.8.8/v1', 'https://xn--bcher-kva.example/'])(
    '%j is stored as it is',
    async (baseUrl) => {
      expect((await editor.created({ baseUrl })).baseUrl).toBe(baseUrl)
    },
  )
})

describe('lengths', () => {
  test('at their limits are accepted', async () => {
    const provider = await editor.created({
      ...{ displayName: 'x'.repeat(2_000), icon: 'x'.repeat(8_192), baseUrl: `https://api.example.com/${'x'.repeat(8_168)}` },
      apiKeys: [
        { credential: { value: 'k'.repeat(10_240) }, name: 'x'.repeat(200), weight: 1_000_000 },
        { credential: { value: 'k' }, weight: 0 },
      ],
    })
    expect(provider.baseUrl).toHaveLength(8_192)
    expect(provider.apiKeys.nodes.map(({ masked }) => masked)).toEqual(['kkkk...kkkk', '...'])
  })

  test.each([
    ['k'.repeat(10_241), 'OUT_OF_RANGE'],
    ['', 'API_KEY_BLANK'],
    [' ', 'API_KEY_SURROUNDING_BLANKS'],
    ['sk-key ', 'API_KEY_SURROUNDING_BLANKS'],
    ['\tsk-key', 'API_KEY_SURROUNDING_BLANKS'],
    ['sk-\u0000key', 'API_KEY_CHARACTERS'],
    ['sk-\u007fkey', 'API_KEY_CHARACTERS'],
    ['sk-käy', 'API_KEY_CHARACTERS'],
    ['sk-\ud800key', 'API_KEY_CHARACTERS'],
  ])('a key like %j is refused', async (value, rule) => {
    const created = await editor.create({ apiKeys: [{ credential: { value } }] })
    expect(rules(created.issues)).toEqual([`apiKeys.0.credential.value ${rule}`])
  })

  test('weights that are no numbers of JSON never get in', async () => {
    for (const weight of ['1', true, {}]) {
      const { body } = await gateway.graphql('mutation ($input: CreateProviderInput!) { createProvider(input: $input) { __typename } }', {
        input: {
          name: 'weightless',
          type: 'OPENAI',
          baseUrl: 'https://a.example',
          apiKeys: [{ credential: { value: 'sk-weighed-key' }, weight }],
        },
      })
      expect(body.errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT'])
    }
  })
})

describe('keys for a type without keys', () => {
  const apiKeys = [{ credential: { value: 'sk-not-for-this-type-01' } }]
  const COPILOT = { type: 'COPILOT', baseUrl: 'https://api.githubcopilot.com' }
  const bedrock = { bedrock: { region: 'us-east-1' } }

  test('are their own problem when they are the only one', async () => {
    const problem = { __typename: 'ApiKeysNotSupportedError', code: 'API_KEYS_NOT_SUPPORTED' }
    expect(await editor.create({ ...COPILOT, apiKeys })).toMatchObject({ ...problem, providerType: 'COPILOT' })
    expect(await editor.create({ type: 'BEDROCK', apiKeys, settings: bedrock })).toMatchObject({ ...problem, providerType: 'BEDROCK' })
    expect(await editor.create({ type: 'ANTHROPIC', apiKeys, settings: bedrock })).toMatchObject({ ...problem, providerType: 'BEDROCK' })
  })

  test('are one issue of several beside other faults', async () => {
    const { __typename, issues } = await editor.create({ type: 'COPILOT', name: 'Bad Name', apiKeys })
    expect(__typename).toBe('ValidationError')
    expect(rules(issues)).toEqual(['name NAME_FORMAT', 'apiKeys API_KEYS_NOT_SUPPORTED'])
  })

  test('are refused in a change too; an empty set is fine', async () => {
    const copilot = await editor.created(COPILOT)
    const change = { apiKeys: [{ add: { credential: { value: 'sk-not-for-this-type-01' } } }] }
    expect(await editor.update(copilot.id, change)).toMatchObject({ __typename: 'ApiKeysNotSupportedError', providerType: 'COPILOT' })
    expect((await editor.updated(copilot.id, { apiKeys: [] })).version).toBe(2)
    const anthropic = await editor.created({ type: 'ANTHROPIC', settings: bedrock })
    expect(await editor.update(anthropic.id, change)).toMatchObject({ __typename: 'ApiKeysNotSupportedError', providerType: 'BEDROCK' })
  })
})

test('an Anthropic provider that is given Bedrock settings keeps its stored keys and takes no more', async () => {
  const provider = await editor.created({ type: 'ANTHROPIC', apiKeys: [{ credential: { value: 'sk-ant-stored-key-0001' } }] })
  // A region moves stored keys, which is an admin's to do.
  const changed = await writerOf(gateway).updated(provider.id, { settings: { bedrock: { region: 'us-east-1' } } })
  expect(changed.apiKeys).toEqual(provider.apiKeys)
  const keeps = provider.apiKeys.nodes.map(({ id }) => ({ keep: { id } }))
  expect(await editor.update(provider.id, { apiKeys: keeps })).toMatchObject({ __typename: 'ApiKeysNotSupportedError' })
  expect((await editor.updated(provider.id, { apiKeys: [] })).apiKeys.totalCount).toBe(0)
})
