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
  ['deepgram', 'POST', '/v1/Single-Use-Token'],
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

test.each([
  ...['admin', 'account', 'accounts', 'organization', 'organizations', 'workspace', 'workspaces', 'user', 'users', 'members', 'invites'],
  ...['key', 'keys', 'api-keys', 'api_keys', 'apikeys', 'api-key', 'api_key', 'tokens', 'service_accounts', 'service-accounts', 'secrets'],
  ...['auth', 'oauth', 'client_secrets', 'get_signed_url', 'billing', 'credits', 'balance', 'balances', 'usage', 'projects', 'files'],
  ...['batches', 'fine_tuning', 'fine-tuning', 'assistants', 'threads', 'vector_stores'],
])('no caller manages an account through the API of a vendor: %s', (word) => {
  for (const path of [`/v1/${word}`, `/v1/x/${word}/y`, `/${word}/v1/x`]) expect(isAllowed('deepgram', 'GET', path)).toBe(false)
  expect(isAllowed('deepgram', 'GET', `/v1/x${word}x`)).toBe(true)
})
