import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { requireOthersInScope } from '../../../src/calls/other-models.ts'
import { createTurns } from '../../../src/http/turns.ts'

const SCOPE = { providers: null, models: ['allowed-1'], requestsPerMinute: null, tokensPerDay: null }

async function refusalOf(vendorPreset: string | null, contentType: string, text: string): Promise<string | null> {
  const request = new IncomingMessage(new Socket())
  request.headers['content-type'] = contentType
  const body = { kind: 'whole', bytes: Buffer.from(text) } as const
  return requireOthersInScope(SCOPE, request, body, vendorPreset, createTurns()).then(
    () => null,
    (error: { code: string }) => error.code,
  )
}

type Part = readonly [name: string, value: string]
const form = (...parts: readonly Part[]) =>
  `${parts.map(([name, value]) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`).join('')}--x--`

describe('a token that may use some models names no other one where its vendor looks for it, beside a `model` that it may use', () => {
  test.each([
    ['elevenlabs', 'model_id'],
    ['assemblyai', 'speech_model'],
    ['assemblyai', 'speech_models'],
    ['assemblyai', 'final_model'],
    ['replicate', 'version'],
    ['bedrock', 'modelId'],
  ])('%s: %s', async (preset, member) => {
    const naming = (name: string) => JSON.stringify({ model: 'allowed-1', [member]: name })
    expect(await refusalOf(preset, 'application/json', naming('secret-model'))).toBe('model_not_allowed')
    expect(await refusalOf(preset, 'application/json', naming('allowed-1'))).toBeNull()
    expect(await refusalOf(null, 'application/json', naming('secret-model'))).toBeNull()
  })

  test.each([
    ['a member twice', '{"models":["allowed-1"],"models":["secret-model"]}'],
    ['a list that is too long for one', JSON.stringify({ models: Array.from({ length: 7_000 }, () => 'allowed-1') })],
    ['an entry that is no name', '{"fallbacks":[1]}'],
    ['an entry whose model is no name', '{"fallbacks":[{"model":["allowed-1"]}]}'],
    ["options of Vercel's", '{"providerOptions":{"gateway":{"models":["secret-model"]}}}'],
  ])('%s', async (_title, text) => {
    expect(await refusalOf(null, 'application/json', text)).toBe('model_not_allowed')
  })

  test('in a form', async () => {
    const of = (...parts: readonly Part[]) =>
      refusalOf('elevenlabs', 'multipart/form-data; boundary=x', form(['model', 'allowed-1'], ...parts))
    expect(await of(['model_id', 'secret-model'])).toBe('model_not_allowed')
    expect(await of(['model_id', 'allowed-1'], ['Model_ID', 'secret-model'])).toBe('model_not_allowed')
    expect([await of(['model_id', 'allowed-1']), await of()]).toEqual([null, null])
  })
})
