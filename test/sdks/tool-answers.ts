/** What each vendor's API answers when its model calls the tool `weather`, by the path. */
const call = { name: 'weather', arguments: '{"city":"Bern"}' }
const input = { city: 'Bern' }
const usage = { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 }
const toolCalls = [{ id: 'call_1', type: 'function', function: call }]

export const TOOL_ANSWERS: readonly (readonly [RegExp, unknown])[] = [
  [
    /\/chat\/completions$/,
    {
      ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'm', usage },
      choices: [{ index: 0, message: { role: 'assistant', content: null, tool_calls: toolCalls }, finish_reason: 'tool_calls' }],
    },
  ],
  [
    /\/responses$/,
    {
      ...{ id: 'resp_1', object: 'response', created_at: 1, model: 'm', status: 'completed', incomplete_details: null, error: null },
      output: [{ type: 'function_call', id: 'fc_1', call_id: 'call_1', status: 'completed', ...call }],
      usage: {
        ...{ input_tokens: 12, output_tokens: 3, total_tokens: 15 },
        ...{ input_tokens_details: { cached_tokens: 0 }, output_tokens_details: { reasoning_tokens: 0 } },
      },
    },
  ],
  [
    /\/messages$/,
    {
      ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', stop_reason: 'tool_use', stop_sequence: null },
      content: [{ type: 'tool_use', id: 'toolu_1', name: 'weather', input }],
      usage: { input_tokens: 12, output_tokens: 3 },
    },
  ],
  [
    /:generateContent$/,
    {
      candidates: [
        { content: { role: 'model', parts: [{ functionCall: { name: 'weather', args: input } }] }, index: 0, finishReason: 'STOP' },
      ],
      usageMetadata: { promptTokenCount: 12, candidatesTokenCount: 3, totalTokenCount: 15 },
    },
  ],
  [
    /\/converse$/,
    {
      output: { message: { role: 'assistant', content: [{ toolUse: { toolUseId: 't1', name: 'weather', input } }] } },
      stopReason: 'tool_use',
      usage: { inputTokens: 12, outputTokens: 3, totalTokens: 15 },
      metrics: { latencyMs: 1 },
    },
  ],
  [
    /\/v2\/chat$/,
    {
      ...{ id: 'c1', finish_reason: 'TOOL_CALL', message: { role: 'assistant', tool_calls: toolCalls } },
      usage: { tokens: { input_tokens: 12, output_tokens: 3 } },
    },
  ],
  [
    /\/ai\/language-model$/,
    {
      content: [{ type: 'tool-call', toolCallId: '1', toolName: 'weather', input: call.arguments }],
      ...{ warnings: [], finishReason: { unified: 'tool-calls', raw: 'tool_calls' } },
      usage: { inputTokens: { total: 12, noCache: 12, cacheRead: 0, cacheWrite: 0 }, outputTokens: { total: 3, text: 3, reasoning: 0 } },
    },
  ],
]
