import { afterAll, beforeAll, expect, test } from 'vitest'
import { callToken } from '../support/call-token.ts'
import { startCallVendor } from '../support/call-vendor.ts'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'
import { packageFolder } from '../support/package-folder.ts'
import { writerOf } from '../support/providers.ts'
import { useStarted } from '../support/use-started.ts'
import { SDKS, type SdkClient } from './clients.ts'
import { TOOL_CALLS } from './tool-calls.ts'
import { everyVendor } from './vendor-answers.ts'

const packages = packageFolder('sdks')
/** One gateway with good keys, one with keys that are limited, one with keys that are refused. */
const gateways: Partial<Record<'good' | 'limited' | 'refused', TestGateway>> = {}
const tokens: Record<string, string> = {}

const vendor = useStarted(() => startCallVendor(everyVendor))
beforeAll(async () => {
  if (!packages.isInstalled) return
  for (const kind of ['good', 'limited', 'refused'] as const) {
    const gateway = await startTestGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
    gateways[kind] = gateway
    await storeProviders(gateway, kind)
    tokens[kind] = await callToken(gateway)
  }
})
afterAll(async () => {
  for (const gateway of Object.values(gateways)) await gateway.close()
})

async function storeProviders(gateway: TestGateway, kind: string): Promise<void> {
  const writer = writerOf(gateway)
  const { origin } = vendor
  const apiKeys = [{ credential: { value: `sk-${kind}-fixture-aaaa-bbbb-cccc` } }]
  const withKey = [
    ['openai', 'OPENAI', `${origin}/v1`],
    ['azure', 'AZURE', origin],
    ['anthropic', 'ANTHROPIC', origin],
    ['google', 'GOOGLE', origin],
    ['groq', 'OPENAI_COMPAT', `${origin}/openai/v1`],
    ['vercel', 'VERCEL', `${origin}/v1`],
    ['mistral', 'OPENAI_COMPAT', `${origin}/v1`],
    ['cohere', 'OPENAI_COMPAT', origin],
    ['openrouter', 'OPENROUTER', `${origin}/api/v1`],
  ] as const
  for (const [name, type, baseUrl] of withKey) await writer.created({ name, type, baseUrl, apiKeys })
  const bedrock = {
    region: 'eu-central-1',
    accessKey: `AKIA${kind.toUpperCase()}AAAABBBB`,
    accessKeySecret: `sk-aws-${kind}-fixture-aaaa-bbbb`,
  }
  await writer.created({ name: 'bedrock', type: 'BEDROCK', baseUrl: origin, settings: { bedrock } })
}

/** What a promise was refused with, as far as SDKs agree on it. */
async function refusalOf(call: Promise<unknown>): Promise<{ name: string; message: string }> {
  try {
    await call
  } catch (error) {
    if (!(error instanceof Error)) throw error
    // Cohere's and OpenAI's errors are named by their classes alone.
    const name = error.name === 'Error' ? error.constructor.name : error.name
    return { name, message: `${error.message} ${'body' in error ? JSON.stringify(error.body) : ''}` }
  }
  throw new Error('It was not refused.')
}

packages.describe.each(SDKS)('the official SDK $name', ({ name: sdk, connect, errorName }) => {
  const client = (kind: keyof typeof gateways, token = tokens[kind] ?? '', path = '/ai'): Promise<SdkClient> =>
    connect(`${gateways[kind]?.url}${path}`, token)

  test('gets a plain answer through the gateway, and the vendor sees no token of it', async () => {
    vendor.requests.length = 0
    expect(await (await client('good')).plain()).toBe('Hello there.')
    expect(vendor.requests).toHaveLength(1)
    expect(JSON.stringify(vendor.requests[0]?.rawHeaders)).not.toContain('gw_')
  })

  test('gets a streamed one', async () => {
    expect(await (await client('good')).stream()).toBe('Hello there.')
  })

  test('shows a picture to the model, and hears which tool it calls with what', async () => {
    expect(await TOOL_CALLS[sdk]?.(`${gateways.good?.url}/ai`, tokens.good ?? '')).toEqual(['weather', 'Bern'])
  })

  test.each([
    ['401, of a wrong token', 'good', 'wrong', 'access token is not valid'],
    ['403, of a token that may make no calls', 'good', 'admin', 'may not make model calls'],
    ['429, when all keys are limited', 'limited', null, 'limited for now'],
    ['502, when all keys are refused', 'refused', null, 'refused every stored key'],
  ] as const)('tells our %s, as an error of its own class with our message', async (_title, kind, given, words) => {
    const token = given === 'admin' ? (gateways[kind]?.adminToken ?? '') : (given ?? tokens[kind])
    const { name, message } = await refusalOf((await client(kind, token)).plain())
    expect(message).toContain(words)
    expect(name).toMatch(errorName)
  })

  test('tells our 404, of a provider that the token may not call', async () => {
    const gateway = gateways.good
    if (gateway === undefined) throw new Error('The gateway runs.')
    await writerOf(gateway).create({ name: 'elsewhere' })
    const token = await callToken(gateway, { providers: [{ name: 'elsewhere' }] })
    const { name, message } = await refusalOf((await client('good', token)).plain())
    expect(message).toContain('no such provider')
    expect(name).toMatch(errorName)
  })
})
