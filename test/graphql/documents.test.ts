import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { FAULT_CODES } from '../../src/errors.ts'
import { chunkOf, openStream, startCallVendor, type VendorAnswer } from '../support/call-vendor.ts'
import { runDocument, runShell, withEllipses } from '../support/document-run.ts'
import { codeBlock, codeBlocks } from '../support/documents.ts'
import { startOpenAiUpstream } from '../support/openai-upstream.ts'
import { packageFolder } from '../support/package-folder.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

/** What the documents tell a reader to send, sent to a gateway as it stands there. */

const isSubscription = (block: string): boolean => block.includes('subscription {')
const upstream = useStarted(() =>
  startOpenAiUpstream({ 'sk-example-key-number-one-1111': ['gpt-4o'], 'sk-example-key-number-two-2222': ['gpt-4o'] }),
)
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })

/** The vendor that the documents name, answered by our own. */
const replace = (text: string): string => text.replaceAll('https://api.openai.com/v1', `${upstream.origin}/v1`)

describe('docs/graphql.md', () => {
  test('has examples that work one after the other, with the answers that it shows', async () => {
    const shown = await runDocument('docs/graphql.md', gateway, { replace, skip: isSubscription })
    expect(shown.length).toBeGreaterThan(10)
    for (const { block, given, expected } of shown.filter((one) => one.expected !== null))
      expect({ block, answer: withEllipses(given, expected) }).toEqual({ block, answer: expected })
    expect(shown.filter(({ given, expected }) => expected === null && JSON.stringify(given).includes('"code"'))).toEqual([])
    // The last of them tests what is stored with every key.
    expect(shown.at(-1)?.given).toMatchObject({ testConnection: { success: true, tests: [{ status: 'OK' }, { status: 'OK' }] } })
  })

  test('follows changes with the command that it shows', async () => {
    const [script] = codeBlocks('docs/graphql.md').filter(({ text }) => isSubscription(text))
    const env = { PATH: process.env.PATH, GATEWAY_URL: gateway.url, GATEWAY_TOKEN: gateway.adminToken }
    // In place of the shell, so that its end is the end of curl.
    const following = spawn('sh', ['-eu', '-c', `exec ${script?.text}`], { env })
    try {
      let output = ''
      following.stdout.on('data', (part: Buffer) => {
        output += part.toString()
      })
      const change = 'mutation { upsertProvider(input: { name: "followed" }) { __typename } }'
      await expect.poll(() => gateway.ask(change).then(() => output), { timeout: 20_000, interval: 250 }).toContain('"name":"followed"')
      expect(output).toMatch(/^event: next\ndata: \{"data":\{"providerChanged":/m)
    } finally {
      following.kill()
    }
  })

  test('names the codes of all faults', () => {
    const document = readFileSync('docs/graphql.md', 'utf8')
    expect(FAULT_CODES.filter((code) => !new RegExp(`^\\| [^|]*\`${code}\``, 'm').test(document))).toEqual([])
  })
})

test('docs/usage.md has a query that works as it stands', async () => {
  const shown = await runDocument('docs/usage.md', gateway)
  expect(shown.map(({ given }) => given)).toEqual([{ usage: expect.any(Array), modelCalls: { nodes: expect.any(Array) } }])
})

describe('README.md', () => {
  const readme = { VENDOR_KEY: 'sk-openai-primary-fixture-aaaaaa' }
  const vendor = useStarted(() => startCallVendor(chatVendor))

  test('has a first query that works as it stands, with the answer that it shows', async () => {
    await gateway.ask('mutation { deleteProvider(input: { provider: { name: "openai" } }) { __typename } }')
    const shown = await runDocument('README.md', gateway, {
      replace: (text) => text.replaceAll('https://api.openai.com', vendor.origin),
      skip: (block) => block.startsWith('npm '),
      environment: readme,
    })
    expect(shown.length).toBeGreaterThan(0)
    for (const { block, given, expected } of shown)
      expect({ block, answer: withEllipses(given, expected) }).toEqual({ block, answer: expected })
  })

  test('calls a model with a token of its own by the lines that it shows, and gets the stream of the vendor', async () => {
    expect(await runShell(codeBlock('README.md', 'sh call'), gateway)).toBe(STREAM)
    const { headers } = vendor.requests.at(-1) ?? {}
    expect(headers?.authorization).toBe(`Bearer ${readme.VENDOR_KEY}`)
  })

  test('puts nothing into a variable that an earlier line reads the key of the vendor from', () => {
    const exported = Array.from(codeBlock('README.md', 'sh sdk').matchAll(/(\w+)=/g), ([, name = '']) => name)
    expect(exported).toContain('OPENAI_API_KEY')
    expect(exported.filter((name) => name in readme)).toEqual([])
  })

  const packages = packageFolder('sdks')
  test.skipIf(!packages.isInstalled)('points the SDK of OpenAI at the gateway by its three lines', async () => {
    const [first = '', , everyProvider = ''] = codeBlock('README.md', 'sh sdk').split('\n')
    const chat = (model: string) => `cd ${packages.path}; node --input-type=module -e '${SAY_HELLO}' ${model}`
    const script = [codeBlock('README.md', 'sh call'), first, chat('gpt-5-mini'), everyProvider, chat('openai/gpt-5-mini')].join('\n')
    expect(await runShell(script, gateway)).toBe(`${STREAM}Hello there.\nHello there.\n`)
  })
})

const chunks = ['Hello ', 'there.'].map((content) => chunkOf(content))
const STREAM = [...chunks, 'data: [DONE]\n\n'].join('')
const SAY_HELLO = `import OpenAI from "openai"
const messages = [{ role: "user", content: "Say hello." }]
let text = ""
for await (const event of await new OpenAI().chat.completions.create({ model: process.argv[1], messages, stream: true })) text += event.choices[0].delta.content
console.log(text)`

/** Lists a model, and streams a chat. */
const chatVendor: VendorAnswer = (request, response) => {
  if (request.headers.authorization !== 'Bearer sk-openai-primary-fixture-aaaaaa') return void response.writeHead(401).end('{"error":{}}')
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'application/json' })
    return void response.end(JSON.stringify({ object: 'list', data: [{ id: 'gpt-5-mini', object: 'model' }] }))
  }
  openStream(response)
  response.end(STREAM)
}
