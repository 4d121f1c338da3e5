import {
  ANTHROPIC_BEGUN,
  ANTHROPIC_END,
  ANTHROPIC_START,
  ANTHROPIC_USAGE,
  ANTHROPIC_WORD,
  CHAT_TOKENS,
  CHAT_USAGE,
  chunk,
  done,
  events,
  FRAMES_TYPE,
  frame,
  GOOGLE_TOKENS,
  GOOGLE_USAGE,
  googleEvent,
  INTERACTION_USAGE,
  JSON_TYPE,
  json,
  named,
  RESPONSES_TOKENS,
  RESPONSES_USAGE,
  SSE_TYPE,
  tokens,
  type UsageAnswer,
  wrapped,
} from './usage-shapes.ts'

/** Every form in which the vendors tell what a call has used. */
export const ANSWERS: readonly UsageAnswer[] = [
  {
    name: 'OpenAI, chat: cache and reasoning are parts',
    contentType: JSON_TYPE,
    body: json({ id: 'chatcmpl-1', choices: [{ message: { content: 'say \\"usage\\": {"prompt_tokens": 9}' } }], usage: CHAT_USAGE }),
    usage: CHAT_TOKENS,
  },
  {
    name: 'OpenAI, chat stream with include_usage',
    contentType: SSE_TYPE,
    body: Buffer.concat([events(chunk('Hi', { usage: null }), chunk(' you', { usage: null }), { choices: [], usage: CHAT_USAGE }), done]),
    usage: CHAT_TOKENS,
    cut: { before: 'data: {"choices":[]', usage: null, source: 'MISSING' },
  },
  {
    name: 'OpenAI, chat stream with include_usage that is cut behind its figures',
    contentType: SSE_TYPE,
    body: Buffer.concat([events(chunk('Hi', { usage: null }), { choices: [], usage: CHAT_USAGE }), done]),
    usage: CHAT_TOKENS,
    cut: { before: 'data: [DONE]', usage: CHAT_TOKENS, source: 'REPORTED' },
  },
  {
    name: 'OpenAI, chat stream without include_usage',
    contentType: SSE_TYPE,
    body: Buffer.concat([events(chunk('Hi'), chunk(' "usage": {"prompt_tokens": 3}')), done]),
    usage: null,
  },
  {
    name: 'OpenAI, Responses',
    contentType: JSON_TYPE,
    body: json({
      object: 'response',
      tools: [{ parameters: { properties: { usage: { input_tokens: 999 } } } }],
      usage: RESPONSES_USAGE,
      metadata: { usage: 'no' },
    }),
    usage: RESPONSES_TOKENS,
  },
  {
    name: 'OpenAI, Responses stream',
    contentType: SSE_TYPE,
    body: named(
      ...[
        { type: 'response.created', response: { usage: null } },
        { type: 'response.output_text.delta', delta: 'Hi' },
      ],
      { type: 'response.completed', response: { output: [{ usage: { input_tokens: 1 } }], usage: RESPONSES_USAGE } },
    ),
    usage: RESPONSES_TOKENS,
    cut: { before: 'event: response.completed', usage: null, source: 'MISSING' },
  },
  {
    name: 'OpenAI, a Responses stream that fails',
    contentType: SSE_TYPE,
    body: named({ type: 'response.failed', response: { error: { code: 'server_error' }, usage: RESPONSES_USAGE } }),
    usage: RESPONSES_TOKENS,
  },
  {
    name: 'OpenAI, embeddings',
    contentType: JSON_TYPE,
    body: json({ object: 'list', data: [{ embedding: [0.1, -2e-3] }], usage: { prompt_tokens: 8, total_tokens: 8 } }),
    usage: tokens(8, 0),
  },
  {
    name: 'OpenAI, images',
    contentType: JSON_TYPE,
    body: json({
      data: [{ b64_json: 'iVBORw0KGgo=' }],
      usage: { input_tokens: 50, input_tokens_details: { text_tokens: 10, image_tokens: 40 }, output_tokens: 4160, total_tokens: 4210 },
    }),
    usage: tokens(50, 4160),
  },
  {
    name: 'OpenAI, transcription',
    contentType: JSON_TYPE,
    body: json({
      text: 'Hi',
      usage: { type: 'tokens', input_tokens: 14, input_token_details: { audio_tokens: 14 }, output_tokens: 45, total_tokens: 59 },
    }),
    usage: tokens(14, 45),
  },
  {
    name: 'OpenAI, a transcription that is counted in seconds',
    contentType: JSON_TYPE,
    body: json({ text: 'Hi', usage: { type: 'duration', seconds: 9 } }),
    usage: null,
  },
  {
    name: 'OpenAI, transcription stream',
    contentType: SSE_TYPE,
    body: named(
      { type: 'transcript.text.delta' },
      {
        ...{ type: 'transcript.text.done', text: 'Hi' },
        usage: { input_tokens: 14, output_tokens: 45, total_tokens: 59 },
      },
    ),
    usage: tokens(14, 45),
  },
  {
    name: 'Anthropic: input does not count what the cache holds',
    contentType: JSON_TYPE,
    body: json({
      type: 'message',
      content: [{ type: 'tool_use', input: { usage: { input_tokens: 7 } } }],
      usage: {
        ...{ input_tokens: 25, cache_creation_input_tokens: 100, cache_read_input_tokens: 1000, output_tokens: 40 },
        output_tokens_details: { thinking_tokens: 15 },
      },
    }),
    usage: { ...ANTHROPIC_USAGE, reasoningTokens: 15 },
  },
  {
    name: 'Anthropic, stream: the end tells the output, and its last figure counts',
    contentType: SSE_TYPE,
    body: named(ANTHROPIC_START, { type: 'ping' }, ANTHROPIC_WORD, { ...ANTHROPIC_END, usage: { output_tokens: 20 } }, ANTHROPIC_END, {
      type: 'message_stop',
    }),
    usage: ANTHROPIC_USAGE,
    cut: { before: 'event: message_delta', usage: ANTHROPIC_BEGUN, source: 'PARTIAL' },
  },
  {
    name: 'Anthropic, a stream whose end tells all figures again',
    contentType: SSE_TYPE,
    body: named(ANTHROPIC_START, {
      ...ANTHROPIC_END,
      usage: { input_tokens: 30, cache_creation_input_tokens: null, cache_read_input_tokens: 2000, output_tokens: 41 },
    }),
    usage: tokens(2130, 41, { cachedInputTokens: 2000, cacheWriteTokens: 100 }),
  },
  {
    name: 'Anthropic, count of tokens: nothing was used',
    contentType: JSON_TYPE,
    body: json({ input_tokens: 14 }),
    usage: null,
  },
  {
    name: 'Google: reasoning is no part of the candidates',
    contentType: JSON_TYPE,
    body: json(googleEvent(GOOGLE_USAGE)),
    usage: GOOGLE_TOKENS,
  },
  {
    name: "Google's interactions",
    contentType: JSON_TYPE,
    body: json({ id: 'i1', steps: [{ content: [{ usage: { total_input_tokens: 9 } }] }], usage: INTERACTION_USAGE }),
    usage: GOOGLE_TOKENS,
  },
  {
    name: "Google's interactions, stream",
    contentType: SSE_TYPE,
    body: events(
      { event_type: 'interaction.created', interaction: { id: 'i1' } },
      { event_type: 'step.delta', delta: { text: 'Hi' } },
      { event_type: 'interaction.completed', interaction: { id: 'i1', usage: INTERACTION_USAGE } },
    ),
    usage: GOOGLE_TOKENS,
  },
  {
    name: 'Google, with tools that were used',
    contentType: JSON_TYPE,
    body: json(googleEvent({ promptTokenCount: 10, toolUsePromptTokenCount: 5, candidatesTokenCount: 3, totalTokenCount: 18 })),
    usage: tokens(15, 3),
  },
  {
    name: 'Google, stream of events: the last figures count',
    contentType: SSE_TYPE,
    body: events(
      googleEvent({ promptTokenCount: 50, totalTokenCount: 50 }),
      googleEvent({ trafficType: 'ON_DEMAND' }),
      googleEvent(GOOGLE_USAGE),
    ),
    usage: GOOGLE_TOKENS,
    cut: {
      before:
        'data: {"candidates":[{"content":{"parts":[{"text":"a \\"usage\\" of {brackets}"}]}}],"usageMetadata":{"promptTokenCount":50,"cached',
      usage: tokens(50, 0),
      source: 'PARTIAL',
    },
  },
  {
    name: 'Google, stream that is an array',
    contentType: 'application/json; charset=UTF-8',
    body: Buffer.from(JSON.stringify([googleEvent({ promptTokenCount: 50, totalTokenCount: 50 }), googleEvent(GOOGLE_USAGE)], null, 2)),
    usage: GOOGLE_TOKENS,
    cut: { before: '"cachedContentTokenCount"', usage: tokens(50, 0), source: 'PARTIAL' },
  },
  {
    name: "Google, OpenAI's form: reasoning is in the total alone",
    contentType: JSON_TYPE,
    body: json({ usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 65 } }),
    usage: tokens(10, 55),
  },
  {
    name: 'Bedrock, Converse: input does not count what the cache holds',
    contentType: JSON_TYPE,
    body: json({
      output: { message: { content: [{ toolUse: { input: { usage: { inputTokens: 1 } } } }] } },
      usage: { inputTokens: 25, outputTokens: 40, totalTokens: 1165, cacheReadInputTokens: 1000, cacheWriteInputTokens: 100 },
    }),
    usage: ANTHROPIC_USAGE,
  },
  {
    name: 'Bedrock, Converse stream',
    contentType: FRAMES_TYPE,
    body: Buffer.concat([
      frame('messageStart', { role: 'assistant' }),
      frame('contentBlockDelta', { delta: { text: '{"usage":{"inputTokens":1}}' } }),
      frame('metadata', { usage: { inputTokens: 25, outputTokens: 40, totalTokens: 65 }, metrics: { latencyMs: 9 } }),
    ]),
    usage: tokens(25, 40),
    cut: { before: '{"usage":{"inputTokens":25', usage: null, source: 'MISSING' },
  },
  {
    name: 'Bedrock, InvokeModel: headers',
    contentType: JSON_TYPE,
    headers: [
      'X-Amzn-Bedrock-Input-Token-Count',
      '25',
      'x-amzn-bedrock-output-token-count',
      '40',
      'x-amzn-bedrock-cache-read-input-token-count',
      '1000',
    ],
    body: json({ generation: 'Hi' }),
    usage: tokens(1025, 40, { cachedInputTokens: 1000 }),
  },
  {
    name: 'Bedrock, stream of InvokeModel: the metrics of its last event',
    contentType: FRAMES_TYPE,
    body: Buffer.concat([
      ...[wrapped(ANTHROPIC_START), wrapped(ANTHROPIC_WORD), wrapped(ANTHROPIC_END)],
      wrapped({
        type: 'message_stop',
        'amazon-bedrock-invocationMetrics': {
          ...{ inputTokenCount: 25, outputTokenCount: 41, cacheReadInputTokenCount: 1000, cacheWriteInputTokenCount: 100 },
        },
      }),
    ]),
    usage: { ...ANTHROPIC_USAGE, outputTokens: 41 },
  },
  {
    name: 'Groq, stream without include_usage',
    contentType: SSE_TYPE,
    body: Buffer.concat([
      events(
        { ...chunk('Hi'), x_groq: { id: 'req_1' } },
        { ...chunk(''), x_groq: { id: 'req_1', usage: { prompt_tokens: 18, completion_tokens: 4, total_tokens: 22 } } },
      ),
      done,
    ]),
    usage: tokens(18, 4),
  },
  {
    name: 'xAI, stream: figures in every chunk but the very last, and reasoning beside the output',
    contentType: SSE_TYPE,
    body: Buffer.concat([
      events(
        chunk('a', { usage: { prompt_tokens: 12, completion_tokens: 1, total_tokens: 13 } }),
        chunk('b', {
          usage: { prompt_tokens: 12, completion_tokens: 9, total_tokens: 121, completion_tokens_details: { reasoning_tokens: 100 } },
        }),
        chunk('c'),
      ),
      done,
    ]),
    usage: tokens(12, 109, { reasoningTokens: 100 }),
    cut: {
      before: 'data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"b"',
      usage: tokens(12, 1),
      source: 'PARTIAL',
    },
  },
  {
    name: 'OpenRouter, stream with comments and lines that end as on Windows',
    contentType: SSE_TYPE,
    body: Buffer.from(
      `: OPENROUTER PROCESSING\r\n\r\ndata: ${JSON.stringify(chunk('Hi'))}\r\n\r\n: "usage" of a comment\r\n\r\ndata: ${JSON.stringify({ ...chunk(''), usage: { ...CHAT_USAGE, cost: 0.01 } })}\r\n\r\ndata: [DONE]\r\n\r\n`,
    ),
    usage: CHAT_TOKENS,
  },
  {
    name: 'DeepSeek: hits of the cache',
    contentType: JSON_TYPE,
    body: json({
      usage: { prompt_tokens: 20, completion_tokens: 2, total_tokens: 22, prompt_cache_hit_tokens: 16, prompt_cache_miss_tokens: 4 },
    }),
    usage: tokens(20, 2, { cachedInputTokens: 16 }),
  },
  {
    name: 'Vercel, its own format',
    contentType: SSE_TYPE,
    body: events(
      { type: 'text-delta', delta: 'Hi' },
      {
        type: 'finish',
        usage: { inputTokens: { total: 30, noCache: 20, cacheRead: 10, cacheWrite: 0 }, outputTokens: { total: 9, text: 4, reasoning: 5 } },
      },
    ),
    usage: tokens(30, 9, { cachedInputTokens: 10, reasoningTokens: 5 }),
  },
  {
    name: 'Cohere, stream',
    contentType: SSE_TYPE,
    body: named(
      { type: 'content-delta' },
      {
        type: 'message-end',
        delta: {
          finish_reason: 'COMPLETE',
          usage: { billed_units: { input_tokens: 4, output_tokens: 9 }, tokens: { input_tokens: 70, output_tokens: 9 } },
        },
      },
    ),
    usage: tokens(70, 9),
  },
  {
    name: 'Cohere, embeddings',
    contentType: JSON_TYPE,
    body: json({ embeddings: { float: [[0.1]] }, meta: { billed_units: { input_tokens: 4 } } }),
    usage: tokens(4, 0),
  },
  {
    name: 'Voyage, embeddings: the total alone',
    contentType: JSON_TYPE,
    body: json({ data: [], usage: { total_tokens: 10 } }),
    usage: tokens(10, 0),
  },
  {
    name: 'Ollama, chat',
    contentType: JSON_TYPE,
    body: json({ model: 'llama', message: { content: 'Hi', eval_count: 9 }, prompt_eval_count: 26, eval_duration: 5, eval_count: 298 }),
    usage: tokens(26, 298),
  },
  {
    name: 'Ollama, stream of lines',
    contentType: 'application/x-ndjson',
    body: Buffer.concat([
      json({ model: 'llama', message: { content: 'say "eval_count": 5' } }),
      Buffer.from('\n'),
      json({ model: 'llama', done: true, prompt_eval_count: 26, eval_count: 298 }),
    ]),
    usage: tokens(26, 298),
    cut: { before: '{"model":"llama","done":true', usage: null, source: 'MISSING' },
  },
  { name: 'Cohere, v1', contentType: JSON_TYPE, body: json({ response: { meta: { tokens: { input_tokens: 3 } } } }), usage: tokens(3, 0) },
  { name: 'Cloudflare', contentType: JSON_TYPE, body: json({ result: { response: 'Hi', usage: CHAT_USAGE } }), usage: CHAT_TOKENS },
  {
    name: 'an answer that says nothing of it',
    contentType: JSON_TYPE,
    body: json({ id: 'chatcmpl-1', portkey: { cost: 3 } }),
    usage: null,
  },
  { name: 'an answer that is no JSON', contentType: JSON_TYPE, body: Buffer.from('<html>"usage":{"prompt_tokens":1}</html>'), usage: null },
  {
    name: 'parts that are larger than the whole',
    contentType: JSON_TYPE,
    body: json({ usage: { prompt_tokens: 5, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 9, cache_write_tokens: 9 } } }),
    usage: tokens(5, 2, { cachedInputTokens: 5 }),
  },
  {
    name: 'numbers that are none',
    contentType: JSON_TYPE,
    body: Buffer.from('{"usage":{"prompt_tokens":-5,"completion_tokens":1e300,"total_tokens":"12","input_tokens":null}}'),
    usage: null,
  },
]
