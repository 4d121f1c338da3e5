import { describe, expect, test } from 'vitest'
import { joinPath } from '../../../src/calls/join-path.ts'
import type { ProviderType } from '../../../src/upstream/vendors/provider-type.ts'

const join = (type: ProviderType, basePath: string, rest: string, more: { vendorPreset?: string; hasApiVersion?: boolean } = {}) =>
  joinPath({ type, basePath, rest, vendorPreset: null, hasApiVersion: false, ...more })?.path ?? null

/** Type, path of the base URL, path of the client, and the path at the vendor. */
const CASES: readonly [ProviderType, string, string, string | null][] = [
  ['OPENAI', '/v1', '/v1/chat/completions', '/v1/chat/completions'],
  ['OPENAI', '/v1', '/chat/completions', '/v1/chat/completions'],
  ['OPENAI', '', '/v1/responses', '/v1/responses'],
  ['OPENAI', '', '/chat/completions', '/v1/chat/completions'],
  ['OPENAI', '/v1', '/v1/models/ft:gpt-4o:org::id', '/v1/models/ft:gpt-4o:org::id'],
  ['OPENAI_COMPAT', '/openai/v1', '/v1/chat/completions', '/openai/v1/chat/completions'],
  ['OPENAI_COMPAT', '/api/paas/v4', '/v1/chat/completions', '/api/paas/v4/chat/completions'],
  ['OPENAI_COMPAT', '/v1/openai', '/v1/chat/completions', '/v1/openai/chat/completions'],
  ['OPENAI_COMPAT', '/inference/v1', '/v1/embeddings', '/inference/v1/embeddings'],
  ['OPENAI_COMPAT', '', '/v2/chat', '/v2/chat'],
  ['OPENAI_COMPAT', '/v1', '/v2/chat', '/v2/chat'],
  ['OPENAI_COMPAT', '/v1/chat', '/chat', '/v1/chat/chat'],
  ['OPENAI_COMPAT', '', '/api/chat', '/api/chat'],
  ['OPENAI_COMPAT', '', '/v1/chat/completions', '/v1/chat/completions'],
  ['OPENAI_COMPAT', '/client/v4', '/accounts/a1/ai/v1/chat/completions', '/client/v4/accounts/a1/ai/v1/chat/completions'],
  ['OPENAI_COMPAT', '', '/v1/text-to-speech/x/stream', '/v1/text-to-speech/x/stream'],
  ['OPENAI_COMPAT', '/v1', '/v1/models/org%2Fname', '/v1/models/org%2Fname'],
  ['ANTHROPIC', '', '/v1/messages', '/v1/messages'],
  ['ANTHROPIC', '/v1', '/v1/messages', '/v1/messages'],
  ['ANTHROPIC', '', '/messages', '/v1/messages'],
  ['ANTHROPIC', '/anthropic', '/v1/messages', '/anthropic/v1/messages'],
  ['ANTHROPIC', '/api/anthropic/v1', '/v1/messages/count_tokens', '/api/anthropic/v1/messages/count_tokens'],
  ['GOOGLE', '', '/v1beta/models/gemini-2.5-flash:generateContent', '/v1beta/models/gemini-2.5-flash:generateContent'],
  ['GOOGLE', '/v1beta', '/v1beta/models/g:streamGenerateContent', '/v1beta/models/g:streamGenerateContent'],
  ['GOOGLE', '/v1beta', '/v1/models', '/v1/models'],
  ['GOOGLE', '/v1beta/openai', '/v1beta/openai/chat/completions', '/v1beta/openai/chat/completions'],
  ['GOOGLE', '/v1beta/openai', '/v1/chat/completions', '/v1beta/openai/chat/completions'],
  ['GOOGLE', '/v1beta/openai', '/v1beta/models/g:generateContent', '/v1beta/models/g:generateContent'],
  [
    'GOOGLE',
    '',
    '/v1/projects/p/locations/l/publishers/google/models/g:generateContent',
    '/v1/projects/p/locations/l/publishers/google/models/g:generateContent',
  ],
  ['AZURE', '', '/openai/v1/chat/completions', '/openai/v1/chat/completions'],
  ['AZURE', '', '/openai/deployments/d/chat/completions', '/openai/deployments/d/chat/completions'],
  ['AZURE', '/openai', '/openai/deployments/d/chat/completions', '/openai/deployments/d/chat/completions'],
  ['AZURE', '/openai/v1', '/openai/v1/responses', '/openai/v1/responses'],
  ['AZURE', '/openai/v1', '/v1/responses', '/openai/v1/responses'],
  ['AZURE', '/openai/v1', '/openai/deployments/d/chat/completions', '/openai/deployments/d/chat/completions'],
  ['AZURE', '', '/v1/responses', '/openai/v1/responses'],
  ['AZURE', '/openai/deployments/d', '/openai/deployments/d/chat/completions', '/openai/deployments/d/chat/completions'],
  ['AZURE', '/openai/deployments/d', '/chat/completions', '/openai/deployments/d/chat/completions'],
  ['AZURE', '/openai/deployments/d', '/openai/deployments/other/chat/completions', null],
  ['BEDROCK', '', '/model/anthropic.claude-3-5%3A0/converse', '/model/anthropic.claude-3-5%3A0/converse'],
  [
    'BEDROCK',
    '',
    '/model/arn%3Aaws%3Abedrock%3Aeu%3A1%3Ax%2Fy/converse-stream',
    '/model/arn%3Aaws%3Abedrock%3Aeu%3A1%3Ax%2Fy/converse-stream',
  ],
  ['BEDROCK', '', '/openai/v1/chat/completions', '/openai/v1/chat/completions'],
  ['OPENROUTER', '/api/v1', '/v1/chat/completions', '/api/v1/chat/completions'],
  ['OPENROUTER', '/api/v1', '/api/v1/chat/completions', '/api/v1/chat/completions'],
  ['OPENROUTER', '/api/v1', '/chat/completions', '/api/v1/chat/completions'],
  ['VERCEL', '/v1', '/v1/ai/language-model', '/v1/ai/language-model'],
  ['VERCEL', '/v1', '/v3/ai/language-model', '/v3/ai/language-model'],
  ['VERCEL', '/v1', '/v1/messages', '/v1/messages'],
  ['COPILOT', '', '/chat/completions', '/chat/completions'],
  ['COPILOT', '', '/v1/messages', '/v1/messages'],
]

test.each(CASES)('%s: %s and %s make %s', (type, base, rest, expected) => {
  expect(join(type, base, rest)).toBe(expected)
})

describe('vendors with paths of their own', () => {
  test('Azure: the bare route of a client that names no api-version is that of the newer API', () => {
    expect(join('AZURE', '', '/openai/responses')).toBe('/openai/v1/responses')
    expect(join('AZURE', '', '/openai/chat/completions', { hasApiVersion: true })).toBe('/openai/chat/completions')
  })

  test("Perplexity: chat has no version, and the rest of its API keeps the client's", () => {
    const vendorPreset = 'perplexity'
    expect(join('OPENAI_COMPAT', '', '/v1/chat/completions', { vendorPreset })).toBe('/chat/completions')
    expect(join('OPENAI_COMPAT', '', '/chat/completions', { vendorPreset })).toBe('/chat/completions')
    expect(join('OPENAI_COMPAT', '', '/v1/responses', { vendorPreset })).toBe('/v1/responses')
  })
})
