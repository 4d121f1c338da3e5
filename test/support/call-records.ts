import type { CallRecord } from '../../src/calls/call-record.ts'
import type { TokenUsage } from '../../src/usage/token-usage.ts'

/** Tokens of a call: so many in, so many out. */
export function tokens(inputTokens: number, outputTokens = 0): TokenUsage {
  return { inputTokens, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens, reasoningTokens: 0 }
}

/** A good call, but for what a test says of it. */
export function callRecord(more: Partial<CallRecord> = {}): CallRecord {
  return {
    requestId: 'request',
    isCall: true,
    caller: { kind: 'TOKEN', tokenId: 'caller', tokenName: 'ci' },
    providerId: 'provider',
    providerName: 'openai',
    providerType: 'OPENAI',
    apiKeyId: 'key',
    apiKeyMasked: 'sk-o...aaaa',
    routeName: null,
    model: 'gpt-5',
    answeredModel: null,
    outcome: 'OK',
    httpStatus: 200,
    kind: 'CHAT',
    method: 'POST',
    streamed: false,
    attempts: 1,
    furtherAttempts: { next_key: 0, next_target: 0, retry: 0, closed_connection: 0 },
    startedAt: Date.parse('2026-03-04T05:06:07.089Z'),
    durationMs: 120,
    timeToFirstByteMs: 100,
    requestBytes: 10,
    responseBytes: 20,
    isComplete: true,
    client: null,
    vendorRequestId: null,
    usage: tokens(12, 3),
    usageSource: 'REPORTED',
    ...more,
  }
}
