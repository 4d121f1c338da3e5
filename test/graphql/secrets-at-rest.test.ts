import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { leaksIn } from '../support/planted.ts'
import { type ProviderView, readProvider, writerAs } from '../support/providers.ts'
import { startRecorder } from '../support/recorder.ts'
import { everythingStored, withStore } from '../support/store.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

const KEYS = ['sk-Planted-first-key-4Qw8ZrT1', 'sk-Planted-second-key-9XbN2kLp', 'sk-Planted-third-key-7HdFs3Gv']
const [FIRST = '', SECOND = '', THIRD = ''] = KEYS
const PAIR = { accessKey: 'AKIAPLANTED0EXAMPLE1', accessKeySecret: 'wJalrXUtnFEMI-Planted-bPxRfiCY' }
const PLANTED = [
  ...KEYS,
  ...Object.values(PAIR),
  'sk-Planted-in-a-draft-5TgB6yHn',
  'sk-Planted-refused-key-1QaZ ',
  'Planted-password-3EdC4rFv',
]
const lines: string[] = []
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' }, log: (line) => void lines.push(line) })
const recorder = useStarted(() => startRecorder(FIRST, SECOND))
const editor = writerAs(gateway, 'EDITOR')

describe('after a life of a gateway', () => {
  beforeAll(async () => {
    const admin = await writerAs(gateway, 'ADMIN')
    const provider = await editor.created({
      baseUrl: recorder.origin,
      apiKeys: [{ credential: { value: FIRST }, name: 'first' }, { credential: { value: SECOND } }],
    })
    await editor.test(provider.id)
    await editor.updated(provider.id, {
      apiKeys: [{ keep: { id: provider.apiKeys.nodes[0]?.id } }, { add: { credential: { value: THIRD } } }],
    })
    await admin.updated(provider.id, { baseUrl: `${recorder.origin.replace('127.0.0.1', 'localhost')}/v1` })
    await editor.test(provider.id)
    await editor.testDraft({ type: 'OPENAI', baseUrl: recorder.origin, apiKey: PLANTED[5] })
    await editor.create({ apiKeys: [{ credential: { value: PLANTED[6] } }] })
    await editor.create({ baseUrl: `https://user:${PLANTED[7]}@example.com` })
    const bedrock = await editor.created({ type: 'BEDROCK', settings: { bedrock: { region: 'us-east-1', ...PAIR } } })
    await editor.test(bedrock.id)
    await editor.remove(bedrock.id)
    for (const secret of PLANTED)
      await gateway.graphql('mutation ($input: CreateProviderInput!) { createProvider(input: $input) { __typename } }', { input: secret })
    await gateway.fetch(`/graphql?query={viewer{role}}&token=${FIRST}`, { headers: { authorization: `Bearer ${SECOND}` } })
  })

  test('nothing that it stores, the write-ahead log included, shows a key that it was given', async () => {
    expect(leaksIn(await everythingStored(gateway), PLANTED)).toEqual([])
    await gateway.restart()
    expect(leaksIn(await everythingStored(gateway), PLANTED)).toEqual([])
  })

  test('no line of the log does', () => {
    expect(lines.length).toBeGreaterThan(20)
    expect(leaksIn(lines.join(''), PLANTED)).toEqual([])
    expect(leaksIn(lines.join(''), [gateway.adminToken])).toEqual([])
  })

  test('the check would see one: a name that was given stands there', async () => {
    expect(leaksIn(await everythingStored(gateway), ['api.example.com', 'first'])).not.toEqual([])
  })
})

describe('a sealed key does not open', () => {
  let provider: ProviderView
  let other: ProviderView
  beforeEach(async () => {
    provider = await editor.created({
      baseUrl: recorder.origin,
      apiKeys: [{ credential: { value: FIRST } }, { credential: { value: SECOND } }],
    })
    other = await editor.created({ baseUrl: recorder.origin, apiKeys: [{ credential: { value: FIRST } }] })
    recorder.requests.length = 0
  })

  const sealedOf = (uuid: string | undefined) =>
    withStore(gateway, (store) => store.apiKeySecret.findUniqueOrThrow({ where: { apiKeyId: uuid ?? '' } }))
  const reseal = (uuid: string | undefined, sealed: string) =>
    withStore(gateway, (store) => store.apiKeySecret.update({ where: { apiKeyId: uuid ?? '' }, data: { sealed } }))

  /** Every test of the provider says that nothing can be opened, and sends nothing. */
  async function expectUnreadable(id: string, count: number): Promise<void> {
    const result = await editor.test(id)
    expect(result).toMatchObject({ __typename: 'TestConnectionPayload', success: false })
    expect(result.tests?.map(({ status, message }) => [status, message])).toEqual(
      Array<unknown>(count).fill(['NOT_TESTABLE', expect.stringContaining('cannot be opened')]),
    )
    expect(recorder.requests).toEqual([])
  }

  test('in the row of another key of the same provider', async () => {
    const [first, second] = provider.apiKeys.nodes.map(({ uuid }) => uuid)
    const [a, b] = [await sealedOf(first), await sealedOf(second)]
    await reseal(first, b.sealed)
    await reseal(second, a.sealed)
    await expectUnreadable(provider.id, 2)
  })

  test('in the row of a key of another provider', async () => {
    const foreign = await sealedOf(provider.apiKeys.nodes[0]?.uuid)
    await reseal(other.apiKeys.nodes[0]?.uuid, foreign.sealed)
    await expectUnreadable(other.id, 1)
  })

  test('when its row is given to another provider', async () => {
    await withStore(gateway, (store) => store.apiKey.updateMany({ where: { providerId: provider.uuid }, data: { providerId: other.uuid } }))
    const result = await editor.test(other.id)
    expect(result.tests?.map(({ status }) => status)).toEqual(['NOT_TESTABLE', 'NOT_TESTABLE', 'OK'])
    expect(recorder.keys()).not.toContain(SECOND)
  })

  test('when the origin of its provider was changed in the database', async () => {
    const thief = await startRecorder(FIRST, SECOND)
    try {
      for (const baseUrl of [
        thief.origin,
        `${recorder.origin.replace('127.0.0.1', 'localhost')}`,
        recorder.origin.replace('http', 'https'),
      ]) {
        await withStore(gateway, (store) => store.provider.update({ where: { id: provider.uuid }, data: { baseUrl } }))
        await expectUnreadable(provider.id, 2)
      }
      expect(thief.requests).toEqual([])
    } finally {
      await thief.close()
    }
  })

  test('when its provider lost its base URL in the database', async () => {
    await withStore(gateway, (store) => store.provider.update({ where: { id: provider.uuid }, data: { baseUrl: '' } }))
    const result = await editor.test(provider.id)
    expect(result.tests?.map(({ status }) => status)).toEqual(provider.apiKeys.nodes.map(() => 'NOT_TESTABLE'))
    expect(recorder.requests).toEqual([])
  })

  test('when one character of it was changed, cut off or added', async () => {
    const [first] = provider.apiKeys.nodes.map(({ uuid }) => uuid)
    const { sealed } = await sealedOf(first)
    const changed = sealed.at(-5) === 'A' ? 'B' : 'A'
    for (const broken of [
      `${sealed.slice(0, -5)}${changed}${sealed.slice(-4)}`,
      sealed.slice(0, -1),
      `${sealed}A`,
      '',
      'gw2...',
      'sk-not-sealed-at-all-0123456789',
    ]) {
      await reseal(first, broken)
      const result = await editor.test(provider.id, { apiKeyId: provider.apiKeys.nodes[0]?.id })
      expect(result.tests).toMatchObject([{ status: 'NOT_TESTABLE' }])
    }
    expect(recorder.requests).toEqual([])
  })

  test('when only the path behind the same origin was changed in the database', async () => {
    await withStore(gateway, (store) => store.provider.update({ where: { id: provider.uuid }, data: { baseUrl: `${recorder.origin}/v1` } }))
    await expectUnreadable(provider.id, 2)
  })

  test('and leaves the list, its mask and the other keys as they are', async () => {
    const [first, second] = provider.apiKeys.nodes
    await reseal(first?.uuid, 'gw2.broken')
    expect((await readProvider(gateway, provider.id))?.apiKeys.nodes.map(({ masked }) => masked)).toEqual([first?.masked, second?.masked])
    const list = await gateway.ask<{ providers: { nodes: { id: string }[] } }>(
      '{ providers(first: 100) { nodes { id apiKeys(first: 5) { nodes { masked } } } } }',
    )
    expect(list.providers.nodes.map(({ id }) => id)).toEqual(expect.arrayContaining([provider.id, other.id]))
    const result = await editor.test(provider.id)
    expect(result.tests?.map(({ status }) => status)).toEqual(['NOT_TESTABLE', 'OK'])
    expect((await readProvider(gateway, provider.id))?.apiKeys.nodes.map((key) => key.lastConnectionTest?.status)).toEqual([
      'NOT_TESTABLE',
      'OK',
    ])
  })

  test('but can be dropped or replaced by an editor', async () => {
    const [first, second] = provider.apiKeys.nodes
    await reseal(first?.uuid, 'gw2.broken')
    const changed = await editor.updated(provider.id, {
      apiKeys: [{ keep: { id: second?.id } }, { add: { credential: { value: FIRST } } }],
    })
    expect(changed.apiKeys.totalCount).toBe(2)
    expect(await editor.test(provider.id)).toMatchObject({ success: true })
  })
})

test('one value is sealed differently each time', async () => {
  const [one, other] = [
    await editor.created({ apiKeys: [{ credential: { value: FIRST } }] }),
    await editor.created({ apiKeys: [{ credential: { value: FIRST } }] }),
  ]
  const where = { apiKey: { providerId: { in: [one.uuid, other.uuid] } } }
  const rows = await withStore(gateway, (store) => store.apiKeySecret.findMany({ where }))
  expect(new Set(rows.map(({ sealed }) => sealed)).size).toBe(2)
  expect(rows.filter(({ sealed }) => !/^gw2(\.[A-Za-z0-9_-]+){3}$/.test(sealed))).toEqual([])
})
