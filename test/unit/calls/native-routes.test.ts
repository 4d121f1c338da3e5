import { expect, test } from 'vitest'
import { isAllowedRoute } from '../../../src/calls/allowed-routes.ts'

const isAllowed = (vendorPreset: string, method: string, path: string) =>
  isAllowedRoute({ type: 'OPENAI_COMPAT', vendorPreset, basePath: '', method, joined: { path, base: [], route: path.slice(1).split('/') } })

test.each([
  ['assemblyai', 'POST', '/v2/realtime/token'],
  ['assemblyai', 'GET', '/v3/%74oken'],
  ['deepgram', 'POST', '/v1/auth/grant'],
  ['elevenlabs', 'POST', '/v1/single-use-token/realtime_scribe'],
  ['elevenlabs', 'GET', '/v1/convai/conversation/get-signed-url'],
  ['elevenlabs', 'GET', '/v1/convai/conversation/token'],
  ['replicate', 'GET', '/v1/webhooks/default/secret'],
])('no caller gets a credential of the vendor: %s, %s %s', (preset, method, path) => {
  expect(isAllowed(preset, method, path)).toBe(false)
})

test.each([
  ['assemblyai', 'POST', '/v2/transcript'],
  ['cohere', 'POST', '/v1/tokenize'],
  ['deepgram', 'POST', '/v1/listen'],
  ['elevenlabs', 'POST', '/v1/text-to-speech/voice/stream'],
  ['minimax', 'POST', '/anthropic/v1/messages/count_tokens'],
  ['replicate', 'POST', '/v1/predictions'],
])('models are called: %s, %s %s', (preset, method, path) => {
  expect(isAllowed(preset, method, path)).toBe(true)
})
