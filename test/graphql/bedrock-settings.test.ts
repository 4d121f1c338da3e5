import { expect, test } from 'vitest'
import { type ProviderView, writerAs } from '../support/providers.ts'
import { withStore } from '../support/store.ts'
import { useGateway } from '../support/use.ts'

const PAIR = { accessKey: 'AKIAIOSFODNN7EXAMPLE', accessKeySecret: 'wJalrXUtnFEMIbedrock' }
const ROLE = 'arn:aws:iam::123456789012:role/BedrockRole'
const gateway = useGateway()
const editor = writerAs(gateway, 'EDITOR')

const create = (bedrock: Record<string, string>, type = 'BEDROCK') => editor.created({ type, settings: { bedrock } })
const change = async ({ id }: ProviderView, bedrock: Record<string, string | null>) =>
  (await editor.updated(id, { settings: { bedrock } })).settings
const EMPTY = { region: null, model: null, smallFastModel: null, roleArn: null, externalId: null, hasAccessKey: false }

test('new settings replace the old ones: what is left out is gone', async () => {
  const provider = await create({ region: 'us-east-1', model: 'large', smallFastModel: 'small' })
  expect(provider.settings).toEqual({ ...EMPTY, region: 'us-east-1', model: 'large', smallFastModel: 'small' })
  expect(await change(provider, { region: 'eu-west-1' })).toEqual({ ...EMPTY, region: 'eu-west-1' })
  expect(await change(provider, {})).toEqual(EMPTY)
})

test('a secret that is left out or null stays; both empty ones are deleted', async () => {
  const provider = await create({ region: 'us-east-1', ...PAIR })
  expect(provider.settings).toMatchObject({ hasAccessKey: true })
  expect(await change(provider, { region: 'us-east-1' })).toMatchObject({ hasAccessKey: true })
  expect(await change(provider, { region: 'us-east-1', accessKey: null, accessKeySecret: null })).toMatchObject({ hasAccessKey: true })
  expect(await change(provider, { region: 'us-east-1', accessKey: PAIR.accessKey })).toMatchObject({ hasAccessKey: true })
  expect(await change(provider, { region: 'us-east-1', accessKeySecret: PAIR.accessKeySecret })).toMatchObject({ hasAccessKey: true })
  expect(await change(provider, { accessKey: '', accessKeySecret: '' })).toMatchObject({ hasAccessKey: false })
  expect(await withStore(gateway, (store) => store.providerSecret.findMany({ where: { providerId: provider.uuid } }))).toEqual([])
})

test('half an access key pair is refused, in a new provider, in a change and in a draft: both, or none', async () => {
  const halves = [
    [{ accessKey: PAIR.accessKey }, 'accessKeySecret'],
    [{ accessKeySecret: PAIR.accessKeySecret }, 'accessKey'],
    [{ ...PAIR, accessKey: '' }, 'accessKey'],
    [{ ...PAIR, accessKeySecret: '' }, 'accessKeySecret'],
  ] as const
  const empty = await create({ region: 'us-east-1' })
  for (const [half, missing] of halves) {
    const issue = { path: ['settings', 'bedrock', missing], rule: 'NOT_ALLOWED', message: expect.stringContaining('Give both, or none') }
    expect((await editor.create({ type: 'BEDROCK', settings: { bedrock: { region: 'us-east-1', ...half } } })).issues).toMatchObject([
      issue,
    ])
    expect((await editor.update(empty.id, { settings: { bedrock: half } })).issues).toMatchObject([issue])
  }
  const full = await create({ region: 'us-east-1', ...PAIR })
  expect((await editor.update(full.id, { settings: { bedrock: { region: 'us-east-1', accessKey: '' } } })).issues).toMatchObject([
    { rule: 'NOT_ALLOWED' },
  ])
  expect((await change(full, { region: 'us-east-1' }))?.hasAccessKey).toBe(true)
})

test('a change of something else leaves the settings alone', async () => {
  const provider = await create({ region: 'us-east-1', ...PAIR })
  expect((await editor.updated(provider.id, { displayName: 'x' })).settings).toEqual(provider.settings)
  expect((await editor.updated(provider.id, { settings: null })).settings).toEqual(provider.settings)
})

test('an external ID is generated with the first role, survives its removal, and cannot be chosen', async () => {
  const provider = await create({ roleArn: ROLE })
  const externalId = String(provider.settings?.externalId)
  expect(externalId).toMatch(/^[A-Z2-7]{26}$/)
  expect(await change(provider, { region: 'us-east-1' })).toMatchObject({ roleArn: null, externalId })
  expect(await change(provider, { roleArn: ROLE, externalId })).toMatchObject({ roleArn: ROLE, externalId })
  const refused = await editor.update(provider.id, { settings: { bedrock: { roleArn: ROLE, externalId: 'CHOSEN' } } })
  expect(refused.issues).toMatchObject([{ path: ['settings', 'bedrock', 'externalId'], rule: 'EXTERNAL_ID_GENERATED' }])
  const created = await editor.create({ type: 'BEDROCK', settings: { bedrock: { roleArn: ROLE, externalId } } })
  expect(created.issues).toMatchObject([{ rule: 'EXTERNAL_ID_GENERATED' }])
})

test('no two providers have the same external ID, and one without a role has none', async () => {
  const [first, second] = [await create({ roleArn: ROLE }), await create({ roleArn: ROLE })]
  expect(first.settings?.externalId).not.toBe(second.settings?.externalId)
  expect((await create({ region: 'us-east-1' })).settings?.externalId).toBeNull()
})

test.each([
  ['not-an-arn', 'is not a valid ARN'],
  ['arn:aws:s3:::bucket', 'must be an IAM ARN'],
  ['arn:aws:iam::123456789012:user/dave', 'must reference an IAM role'],
  ['arn:aws:iam::123456789012:role/', 'must reference an IAM role'],
])('the role %j is refused because it %s', async (roleArn, reason) => {
  const { issues } = await editor.create({ type: 'BEDROCK', settings: { bedrock: { roleArn } } })
  expect(issues).toMatchObject([{ path: ['settings', 'bedrock', 'roleArn'], rule: 'ROLE_ARN_FORMAT' }])
  expect(issues?.[0]?.message).toContain(reason)
})

test('BEDROCK needs settings that say something when it is created; ANTHROPIC does not', async () => {
  for (const settings of [undefined, null, { bedrock: {} }, { bedrock: { model: 'only-a-model' } }, { bedrock: { accessKey: '' } }]) {
    const { issues } = await editor.create({ type: 'BEDROCK', ...(settings === undefined ? {} : { settings }) })
    expect(issues).toMatchObject([{ path: ['settings'], rule: 'SETTINGS_REQUIRED' }])
  }
  expect((await create({ model: 'only-a-model' }, 'ANTHROPIC')).settings).toMatchObject({ model: 'only-a-model' })
})

test.each(['OPENAI', 'OPENAI_COMPAT', 'AZURE', 'GOOGLE', 'COPILOT', 'OPENROUTER', 'VERCEL'])(
  '%s takes no Bedrock settings',
  async (type) => {
    const settings = { bedrock: { region: 'us-east-1' } }
    const issue = { path: ['settings'], rule: 'SETTINGS_NOT_SUPPORTED' }
    expect((await editor.create({ type, settings })).issues).toMatchObject([issue])
    // An editor makes a Copilot provider at GitHub's own host only.
    const provider = await editor.created({ type, ...(type === 'COPILOT' ? { baseUrl: 'https://api.githubcopilot.com' } : {}) })
    expect((await editor.update(provider.id, { settings })).issues).toMatchObject([issue])
  },
)
