import { beforeAll, describe, expect, test } from 'vitest'
import { parseConfig } from '../../src/config.ts'
import { createLogger } from '../../src/logger.ts'
import { startGateway } from '../../src/start.ts'
import { callToken } from '../support/call-token.ts'
import { chatAnswer, refusal, startCallVendor } from '../support/call-vendor.ts'
import { uniqueName, writerOf } from '../support/providers.ts'
import { rawCall } from '../support/raw-call.ts'
import { auditEvents } from '../support/store.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

const KEY = 'sk-availability-fixture-aaaa-bbbb'
const PROVIDER = `query ($name: String!) { provider(by: { name: $name }) {
  id uuid callPath callUrl callRoutes isCallable
  apiKeys { nodes { id lastUsedAt availability { state until reason inFlight } } } } }`
const RESET = `mutation ($id: ID!) { result: resetKeyAvailability(input: { id: $id }) { __typename
  ... on ResetKeyAvailabilityPayload { apiKey { id availability { state } } } ... on ApiKeyNotFoundError { code } } }`

interface Seen {
  readonly id: string
  readonly uuid: string
  readonly callPath: string
  readonly callUrl: string | null
  readonly callRoutes: string
  readonly isCallable: boolean
  readonly apiKeys: {
    readonly nodes: readonly { readonly id: string; readonly lastUsedAt: string | null; readonly availability: Record<string, unknown> }[]
  }
}
let token: string
const now = Date.now()

const vendor = useStarted(startCallVendor)
const gateway = useGateway({
  environment: { OUTBOUND_ALLOW: 'loopback', PUBLIC_URL: 'https://gateway.example.com/' },
  clock: () => new Date(now),
})
beforeAll(async () => {
  token = await callToken(gateway)
})

async function provider(more: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const name = uniqueName('availability')
  await writerOf(gateway).created({
    name,
    type: 'OPENAI',
    baseUrl: `${vendor.origin}/v1`,
    apiKeys: [{ credential: { value: KEY } }],
    ...more,
  })
  return name
}
const see = async (name: string) => (await gateway.ask<{ provider: Seen }>(PROVIDER, { name })).provider
const keyOf = async (name: string) => (await see(name)).apiKeys.nodes[0]
const call = (name: string, url = gateway.url) =>
  rawCall(url, {
    path: `/ai/${name}/v1/chat/completions`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5' }),
  })

describe('a provider', () => {
  test('says where its calls begin, and which routes they may use', async () => {
    const name = await provider()
    expect(await see(name)).toMatchObject({
      callPath: `/ai/${name}`,
      callUrl: `https://gateway.example.com/ai/${name}`,
      callRoutes: 'STANDARD',
    })
    await gateway.restart({ PUBLIC_URL: '' })
    expect(await see(name)).toMatchObject({ callPath: `/ai/${name}`, callUrl: null })
    await gateway.restart()
  })

  test('is callable with a free key or where none is needed, and not while it is disabled or has none', async () => {
    const [name, copilot, keyless] = [
      await provider(),
      await provider({ type: 'COPILOT', apiKeys: undefined }),
      await provider({ apiKeys: [] }),
    ]
    const callable = async (which: string) => (await see(which)).isCallable
    expect([await callable(name), await callable(copilot), await callable(keyless)]).toEqual([true, true, false])
    const change =
      'mutation ($name: String!, $enabled: Boolean!) { updateProvider(input: { provider: { name: $name }, enabled: $enabled }) { __typename } }'
    await gateway.ask(change, { name, enabled: false })
    expect(await callable(name)).toBe(false)
    await gateway.ask(change, { name, enabled: true })
    expect(await callable(name)).toBe(true)
  })
})

describe('a key', () => {
  test('was last used by its last call, and an answer from memory does not hide it', async () => {
    vendor.answerWith(chatAnswer)
    const name = await provider()
    expect(await keyOf(name)).toMatchObject({ lastUsedAt: null, availability: { state: 'READY', until: null, reason: null, inFlight: 0 } })
    expect((await call(name)).status).toBe(200)
    expect((await keyOf(name))?.lastUsedAt).toBe(new Date(now).toISOString())
    await gateway.restart()
    expect((await keyOf(name))?.lastUsedAt).toBe(new Date(now).toISOString())
  })

  test('that the vendor refuses rests, and a reset lets every replica use it again', async () => {
    const config = { PORT: '0', ...gateway.shared, OUTBOUND_ALLOW: 'loopback', LOG_LEVEL: 'silent' }
    const replica = await startGateway(
      parseConfig({ ...config, ADMIN_TOKEN: gateway.adminToken }),
      createLogger('silent'),
      () => new Date(now),
    )
    try {
      vendor.answerWith(refusal(401, { error: { message: 'No.' } }))
      const name = await provider()
      for (const url of [gateway.url, replica.url]) expect((await call(name, url)).status).toBe(502)
      expect(await see(name)).toMatchObject({ isCallable: false, apiKeys: { nodes: [{ availability: { state: 'REFUSED' } }] } })
      expect((await keyOf(name))?.availability.until).toBe(new Date(now + 60_000).toISOString())

      vendor.answerWith(chatAnswer)
      for (const url of [gateway.url, replica.url]) expect((await call(name, url)).status).toBe(502)
      const { id = '' } = (await keyOf(name)) ?? {}
      expect(await gateway.ask(RESET, { id }, await gateway.token('EDITOR'))).toMatchObject({
        result: { apiKey: { id, availability: { state: 'READY' } } },
      })
      expect((await see(name)).isCallable).toBe(true)
      for (const url of [gateway.url, replica.url]) expect((await call(name, url)).status).toBe(200)
      expect(await auditEvents(gateway, (await see(name)).uuid)).toContainEqual(
        expect.objectContaining({ action: 'provider.key_availability_reset' }),
      )
    } finally {
      await replica.close()
    }
  })

  test('that is disabled says so; one that does not exist cannot be reset, and a viewer cannot reset any', async () => {
    const name = await provider({ apiKeys: [{ credential: { value: KEY }, enabled: false }] })
    expect(await see(name)).toMatchObject({ isCallable: false, apiKeys: { nodes: [{ availability: { state: 'DISABLED' } }] } })
    for (const id of ['none', Buffer.from('ApiKey:none').toString('base64'), (await see(name)).id])
      expect(await gateway.ask(RESET, { id })).toEqual({ result: { __typename: 'ApiKeyNotFoundError', code: 'API_KEY_NOT_FOUND' } })
    const { status } = await gateway.graphql(RESET, { id: (await keyOf(name))?.id }, await gateway.token('VIEWER'))
    expect(status).toBe(403)
  })
})
