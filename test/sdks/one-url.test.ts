import { beforeAll, beforeEach, expect, test } from 'vitest'
import { callToken } from '../support/call-token.ts'
import { startCallVendor, type VendorAnswer } from '../support/call-vendor.ts'
import { packageFolder } from '../support/package-folder.ts'
import { writerOf } from '../support/providers.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'
import { everyVendor } from './vendor-answers.ts'

const packages = packageFolder('sdks')

/** Vendors of five kinds, and where each takes OpenAI's format. */
const VENDORS = [
  ['openai', 'OPENAI', '/v1', '/v1/chat/completions'],
  ['anthropic', 'ANTHROPIC', '', '/v1/chat/completions'],
  ['google', 'GOOGLE', '', '/v1beta/openai/chat/completions'],
  ['azure', 'AZURE', '', '/openai/v1/chat/completions'],
  ['bedrock', 'BEDROCK', '', '/openai/v1/chat/completions'],
] as const
const PROMPT = [{ role: 'user' as const, content: 'Say hello.' }]

/** Answers calls as the vendors do, and lists the one model of each. */
const answerAll: VendorAnswer = (request, response, whole) => {
  if (request.method !== 'GET') return everyVendor(request, response, whole)
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ object: 'list', data: [{ id: 'big', object: 'model' }], models: [{ name: 'models/big' }] }))
}

const vendor = useStarted(() => startCallVendor(answerAll))
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
let token: string
beforeAll(async () => {
  if (!packages.isInstalled) return
  const writer = writerOf(gateway)
  for (const [name, type, path] of VENDORS) {
    const bedrock = { region: 'eu-central-1', accessKey: 'AKIAONEURLAAAABBBB', accessKeySecret: 'sk-aws-one-url-fixture-aaaa' }
    const secret = type === 'BEDROCK' ? { settings: { bedrock } } : { apiKeys: [{ credential: { value: 'sk-one-url-fixture-aaaa-bbbb' } }] }
    const testAfterwards = type === 'OPENAI' || type === 'ANTHROPIC'
    await writer.created({ name, type, baseUrl: `${vendor.origin}${path}`, ...secret, testAfterwards })
  }
  token = await callToken(gateway)
})
beforeEach(() => {
  if (!packages.isInstalled) return
  vendor.requests.length = 0
  vendor.answerWith(answerAll)
})

async function join(parts: AsyncIterable<string | null | undefined>): Promise<string> {
  let text = ''
  for await (const part of parts) text += part ?? ''
  return text
}
async function* map<Item, Part>(items: AsyncIterable<Item>, read: (item: Item) => Part): AsyncIterable<Part> {
  for await (const item of items) yield read(item)
}
const calledAt = () => vendor.requests.map(({ path }) => path)
const expectNoToken = () => expect(JSON.stringify(vendor.requests.map(({ rawHeaders }) => rawHeaders))).not.toContain('gw_')

packages.describe('through one base URL', () => {
  packages.describe.each(VENDORS)('to %s', (name, _type, _path, expected) => {
    test('openai streams', async () => {
      const { default: OpenAI } = await import('openai')
      const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: token, maxRetries: 0 })
      const events = await client.chat.completions.create({ model: `${name}/big`, messages: PROMPT, stream: true })
      expect(await join(map(events, (event) => event.choices[0]?.delta.content))).toBe('Hello there.')
      expect(calledAt()).toEqual([expected])
      expectNoToken()
    })

    test('ai streams', async () => {
      const [{ streamText }, { createOpenAICompatible }] = await Promise.all([import('ai'), import('@ai-sdk/openai-compatible')])
      const model = createOpenAICompatible({ name: 'gateway', baseURL: `${gateway.url}/v1`, apiKey: token })(`${name}/big`)
      expect(await join(streamText({ model, prompt: 'Say hello.', maxRetries: 0 }).textStream)).toBe('Hello there.')
      expect(calledAt()).toEqual([expected])
    })

    test('LangChain streams', async () => {
      const { ChatOpenAI } = await import('@langchain/openai')
      const model = new ChatOpenAI({ model: `${name}/big`, apiKey: token, maxRetries: 0, configuration: { baseURL: `${gateway.url}/v1` } })
      expect(await join(map(await model.stream('Say hello.'), ({ text }) => text))).toBe('Hello there.')
      expect(calledAt()).toEqual([expected])
    })
  })

  test("@anthropic-ai/sdk streams Anthropic's own format", async () => {
    const { default: Anthropic } = await import('@anthropic-ai/sdk')
    const client = new Anthropic({ baseURL: gateway.url, apiKey: token, maxRetries: 0 })
    const events = await client.messages.create({ model: 'anthropic/claude', max_tokens: 10, messages: PROMPT, stream: true })
    const words = map(events, (event) =>
      event.type === 'content_block_delta' && event.delta.type === 'text_delta' ? event.delta.text : '',
    )
    expect(await join(words)).toBe('Hello there.')
    expect(calledAt()).toEqual(['/v1/messages'])
    await expect(client.messages.create({ model: 'openai/big', max_tokens: 10, messages: PROMPT })).rejects.toThrow(
      /Use \/v1\/chat\/completions/,
    )
  })

  test('openai reaches every other route whose body names a model, forms included', async () => {
    const { default: OpenAI, toFile } = await import('openai')
    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: token, maxRetries: 0 })
    vendor.answerWith((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ text: 'Hello there.', object: 'list', data: [{ embedding: [1] }], output: [] }))
    })
    const model = 'openai/big'
    const file = () => toFile(Buffer.from('some bytes'), 'ä "file".mp3', { type: 'audio/mpeg' })
    await client.completions.create({ model, prompt: 'Say hello.' })
    await client.embeddings.create({ model, input: 'hello', encoding_format: 'float' })
    await client.moderations.create({ model, input: 'hello' })
    await client.responses.create({ model, input: 'Say hello.' })
    await client.responses.compact({ model, input: 'Say hello.' })
    await client.responses.inputTokens.count({ model, input: 'Say hello.' })
    await client.audio.speech.create({ model, voice: 'alloy', input: 'hello' })
    await client.audio.transcriptions.create({ model, file: await file() })
    await client.audio.translations.create({ model, file: await file() })
    await client.images.generate({ model, prompt: 'a cat' })
    await client.images.edit({ model, prompt: 'a cat', image: [await file(), await file()] })
    await client.images.createVariation({ model, image: await file() })
    expect(calledAt()).toEqual([
      ...['/v1/completions', '/v1/embeddings', '/v1/moderations', '/v1/responses', '/v1/responses/compact', '/v1/responses/input_tokens'],
      ...['/v1/audio/speech', '/v1/audio/transcriptions', '/v1/audio/translations'],
      ...['/v1/images/generations', '/v1/images/edits', '/v1/images/variations'],
    ])
    for (const { path, body } of vendor.requests) {
      expect(body.toString('latin1'), path).toMatch(/"model":"big"|name="model"\r\n\r\nbig\r\n/)
      expect(body.toString('latin1'), path).not.toContain('openai/big')
    }
    await expect(client.files.list()).rejects.toThrow(/below \/ai\/\{provider\}/)
  })

  test('openai and @anthropic-ai/sdk list the models, each in its own shape', async () => {
    const [{ default: OpenAI }, { default: Anthropic }] = await Promise.all([import('openai'), import('@anthropic-ai/sdk')])
    const openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: token, maxRetries: 0 })
    const anthropic = new Anthropic({ baseURL: gateway.url, apiKey: token, maxRetries: 0 })
    const expected = ['anthropic/big', 'openai/big']
    expect(await join(map(await openai.models.list(), ({ id }) => `${id} `))).toBe(`${expected.join(' ')} `)
    expect(await join(map(await anthropic.models.list(), ({ id }) => `${id} `))).toBe(`${expected.join(' ')} `)
    expect((await openai.models.retrieve('openai/big')).owned_by).toBe('openai')
    expect((await anthropic.models.retrieve('anthropic/big')).type).toBe('model')
    expect(calledAt()).toEqual([])
  })
})
