import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FAULT_CODES } from '../../src/errors.ts'
import { runDocument, withEllipses } from '../support/document-run.ts'
import { codeBlocks } from '../support/documents.ts'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'
import { type OpenAiUpstream, startOpenAiUpstream } from '../support/openai-upstream.ts'

/** What the documents tell a reader to send, sent to a gateway as it stands there. */

const isSubscription = (block: string): boolean => block.includes('subscription {')

let gateway: TestGateway
let upstream: OpenAiUpstream
beforeAll(async () => {
  upstream = await startOpenAiUpstream({ 'sk-example-key-number-one-1111': ['gpt-4o'], 'sk-example-key-number-two-2222': ['gpt-4o'] })
  gateway = await startTestGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
})
afterAll(async () => {
  await gateway?.close()
  await upstream?.close()
})

/** The vendor that the documents name, answered by our own. */
const replace = (text: string): string => text.replaceAll('https://api.openai.com/v1', `${upstream.origin}/v1`)

describe('docs/graphql.md', () => {
  test('has examples that work one after the other, with the answers that it shows', async () => {
    const shown = await runDocument('docs/graphql.md', gateway, { replace, skip: isSubscription })
    expect(shown.length).toBeGreaterThan(10)
    for (const { block, given, expected } of shown.filter((one) => one.expected !== null))
      expect({ block, answer: withEllipses(given, expected) }).toEqual({ block, answer: expected })
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
    expect(FAULT_CODES.filter((code) => !document.includes(`| \`${code}\` |`))).toEqual([])
  })
})

describe('README.md', () => {
  test('has a first query that works as it stands, with the answer that it shows', async () => {
    await gateway.ask('mutation { deleteProvider(input: { provider: { name: "openai" } }) { __typename } }')
    const shown = await runDocument('README.md', gateway, { replace, skip: (block) => block.startsWith('npm ') })
    expect(shown.length).toBeGreaterThan(1)
    for (const { block, given, expected } of shown)
      expect({ block, answer: withEllipses(given, expected) }).toEqual({ block, answer: expected })
  })
})
