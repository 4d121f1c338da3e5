import { crc32 } from 'node:zlib'
import type { TokenUsage, UsageSource } from '../../src/usage/token-usage.ts'

/** An answer of a vendor, and what it says of the call's tokens. */
export interface UsageAnswer {
  readonly name: string
  readonly contentType: string
  readonly headers?: readonly string[]
  readonly body: Buffer
  readonly usage: TokenUsage | null
  /** What is known when the answer is cut behind the event that this text begins. */
  readonly cut?: { readonly before: string; readonly usage: TokenUsage | null; readonly source: UsageSource }
}

export const JSON_TYPE = 'application/json'
export const SSE_TYPE = 'text/event-stream; charset=utf-8'
export const FRAMES_TYPE = 'application/vnd.amazon.eventstream'

export function tokens(input: number, output: number, parts: Partial<TokenUsage> = {}): TokenUsage {
  return { inputTokens: input, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: output, reasoningTokens: 0, ...parts }
}

export const json = (value: unknown) => Buffer.from(JSON.stringify(value))
export const events = (...values: readonly unknown[]) => Buffer.from(values.map((value) => `data: ${JSON.stringify(value)}\n\n`).join(''))
export const named = (...values: readonly Readonly<Record<string, unknown>>[]) =>
  Buffer.from(values.map((value) => `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`).join(''))
export const done = Buffer.from('data: [DONE]\n\n')
export const chunk = (content: string, more: object = {}) => ({
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta: { content }, finish_reason: null }],
  ...more,
})

/** One frame of AWS's event stream. */
export function frame(type: string, payload: unknown, message: 'event' | 'exception' = 'event'): Buffer {
  const header = (name: string, value: string) => {
    const [key, text] = [Buffer.from(name), Buffer.from(value)]
    return Buffer.concat([Buffer.from([key.length]), key, Buffer.from([7, text.length >> 8, text.length & 0xff]), text])
  }
  const headers = Buffer.concat([header(`:${message}-type`, type), header(':content-type', JSON_TYPE), header(':message-type', message)])
  const body = json(payload)
  const prelude = Buffer.alloc(8)
  prelude.writeUInt32BE(12 + headers.length + body.length + 4, 0)
  prelude.writeUInt32BE(headers.length, 4)
  const whole = Buffer.concat([prelude, sum(prelude), headers, body])
  return Buffer.concat([whole, sum(whole)])
}

function sum(bytes: Buffer): Buffer {
  const four = Buffer.alloc(4)
  four.writeUInt32BE(crc32(bytes))
  return four
}

export const wrapped = (value: unknown) => frame('chunk', { bytes: json(value).toString('base64'), p: 'abcdef' })

export const ANTHROPIC_START = {
  type: 'message_start',
  message: {
    id: 'msg_1',
    role: 'assistant',
    usage: { input_tokens: 25, cache_creation_input_tokens: 100, cache_read_input_tokens: 1000, output_tokens: 1 },
  },
}
export const ANTHROPIC_WORD = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'über' } }
export const ANTHROPIC_END = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 40 } }
export const ANTHROPIC_USAGE = tokens(1125, 40, { cachedInputTokens: 1000, cacheWriteTokens: 100 })
export const ANTHROPIC_BEGUN = { ...ANTHROPIC_USAGE, outputTokens: 1 }

export const CHAT_USAGE = {
  prompt_tokens: 120,
  completion_tokens: 30,
  total_tokens: 150,
  prompt_tokens_details: { cached_tokens: 64, cache_write_tokens: 8 },
  completion_tokens_details: { reasoning_tokens: 20 },
}
export const CHAT_TOKENS = tokens(120, 30, { cachedInputTokens: 64, cacheWriteTokens: 8, reasoningTokens: 20 })
export const RESPONSES_USAGE = {
  input_tokens: 36,
  input_tokens_details: { cached_tokens: 12 },
  output_tokens: 87,
  output_tokens_details: { reasoning_tokens: 64 },
  total_tokens: 123,
}
export const RESPONSES_TOKENS = tokens(36, 87, { cachedInputTokens: 12, reasoningTokens: 64 })
export const GOOGLE_USAGE = {
  promptTokenCount: 50,
  cachedContentTokenCount: 30,
  candidatesTokenCount: 7,
  thoughtsTokenCount: 40,
  totalTokenCount: 97,
}
export const GOOGLE_TOKENS = tokens(50, 47, { cachedInputTokens: 30, reasoningTokens: 40 })
export const INTERACTION_USAGE = {
  ...{ total_input_tokens: 50, total_cached_tokens: 30, total_output_tokens: 7, total_thought_tokens: 40, total_tool_use_tokens: 0 },
  total_tokens: 97,
}
export const googleEvent = (usageMetadata: object) => ({
  candidates: [{ content: { parts: [{ text: 'a "usage" of {brackets}' }] } }],
  usageMetadata,
})
