import type { IncomingMessage, ServerResponse } from 'node:http'
import { crc32 } from 'node:zlib'
import type { VendorAnswer } from '../support/call-vendor.ts'
import { PICTURE } from './picture.ts'
import { TOOL_ANSWERS } from './tool-answers.ts'

/**
 * Answers like the vendors of all SDKs, told apart by the path. A key with `limited` in it is answered 429, one with `refused`
 * 401, in the words of the vendor's API.
 */
export const everyVendor: VendorAnswer = async (request, response, whole) => {
  const body = (await whole()).toString()
  const path = (request.url ?? '').split('?', 1)[0] ?? ''
  const credential = JSON.stringify(request.headers)
  if (/limited/i.test(credential)) return refuse(response, 429)
  if (/refused/i.test(credential)) return refuse(response, /AWS4/.test(credential) ? 403 : 401)
  if (body.includes('weather')) return callTool(response, path, body)
  const answer = ANSWERS.find(([pattern]) => pattern.test(path))?.[1]
  if (answer === undefined) return void response.writeHead(404).end('{"error":{"message":"unknown path"}}')
  answer(response, /"stream":\s*true/.test(body), request)
}

/** A model that was given the tool and the picture calls the tool; the picture must have come as it was sent. */
function callTool(response: ServerResponse, path: string, body: string): void {
  const answer = TOOL_ANSWERS.find(([pattern]) => pattern.test(path))?.[1]
  if (answer !== undefined && body.includes(PICTURE)) return void json(response, answer)
  response.writeHead(400).end('{"error":{"message":"There is no picture, or no such path."}}')
}

function refuse(response: ServerResponse, status: number): void {
  const headers = {
    'content-type': 'application/json',
    'retry-after': '7',
    'x-amzn-errortype': status === 429 ? 'ThrottlingException' : 'UnrecognizedClientException',
  }
  response.writeHead(status, headers).end(JSON.stringify({ error: { message: 'No.', type: 'error' }, message: 'No.' }))
}

const usage = { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 }
const chat = (content: string) => ({
  ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'm', usage },
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
})
const chunk = (delta: object, finish: string | null = null) => ({
  ...{ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm' },
  choices: [{ index: 0, delta, finish_reason: finish }],
})

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

function events(response: ServerResponse, values: readonly (readonly [event: string | null, data: unknown])[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const [event, data] of values) {
    const text = typeof data === 'string' ? data : JSON.stringify(data)
    response.write(`${event === null ? '' : `event: ${event}\n`}data: ${text}\n\n`)
  }
  response.end()
}

const item = { type: 'message', id: 'msg_1', status: 'completed', role: 'assistant' }
const responseOf = (status: string, text: string | null) => ({
  ...{ id: 'resp_1', object: 'response', created_at: 1, model: 'm', status, incomplete_details: null, error: null },
  output: text === null ? [] : [{ ...item, content: [{ type: 'output_text', text, annotations: [] }] }],
  usage: {
    input_tokens: 12,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 3,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 15,
  },
})

const responseEvents = [
  ['response.created', { type: 'response.created', response: responseOf('in_progress', null) }],
  [
    'response.output_item.added',
    { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress', content: [] } },
  ],
  [
    'response.output_text.delta',
    { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'Hello ' },
  ],
  [
    'response.output_text.delta',
    { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'there.' },
  ],
  [
    'response.output_item.done',
    {
      type: 'response.output_item.done',
      output_index: 0,
      item: { ...item, content: [{ type: 'output_text', text: 'Hello there.', annotations: [] }] },
    },
  ],
  ['response.completed', { type: 'response.completed', response: responseOf('completed', 'Hello there.') }],
] as const

const message = (content: readonly object[], stop: string | null) => ({
  ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', content, stop_reason: stop, stop_sequence: null },
  usage: { input_tokens: 12, output_tokens: 3 },
})

const messageEvents = [
  ['message_start', { type: 'message_start', message: message([], null) }],
  ['content_block_start', { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }],
  ['content_block_delta', { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello ' } }],
  ['content_block_delta', { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'there.' } }],
  ['content_block_stop', { type: 'content_block_stop', index: 0 }],
  ['message_delta', { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 3 } }],
  ['message_stop', { type: 'message_stop' }],
] as const

const candidate = (text: string, finishReason?: string) => ({
  candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0, ...(finishReason === undefined ? {} : { finishReason }) }],
  usageMetadata: { promptTokenCount: 12, candidatesTokenCount: 3, totalTokenCount: 15 },
})

const gatewayUsage = {
  inputTokens: { total: 12, noCache: 12, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 3, text: 3, reasoning: 0 },
}

const converse = {
  output: { message: { role: 'assistant', content: [{ text: 'Hello there.' }] } },
  stopReason: 'end_turn',
  usage: { inputTokens: 12, outputTokens: 3, totalTokens: 15 },
  metrics: { latencyMs: 1 },
}

const converseEvents = [
  ['messageStart', { role: 'assistant' }],
  ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Hello ' } }],
  ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'there.' } }],
  ['contentBlockStop', { contentBlockIndex: 0 }],
  ['messageStop', { stopReason: 'end_turn' }],
  ['metadata', { usage: converse.usage, metrics: converse.metrics }],
] as const

/** One message of AWS's event stream: lengths, their checksum, headers, payload, checksum of all. */
function frame(event: string, payload: unknown): Buffer {
  const header = (name: string, value: string) => {
    const length = Buffer.alloc(2)
    length.writeUInt16BE(Buffer.byteLength(value))
    return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7]), length, Buffer.from(value)])
  }
  const headers = Buffer.concat([
    header(':message-type', 'event'),
    header(':event-type', event),
    header(':content-type', 'application/json'),
  ])
  const body = Buffer.from(JSON.stringify(payload))
  const prelude = Buffer.alloc(12)
  prelude.writeUInt32BE(16 + headers.length + body.length, 0)
  prelude.writeUInt32BE(headers.length, 4)
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8)
  const all = Buffer.concat([prelude, headers, body])
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(all))
  return Buffer.concat([all, sum])
}

const cohere = {
  ...{ id: 'c1', finish_reason: 'COMPLETE', message: { role: 'assistant', content: [{ type: 'text', text: 'Hello there.' }] } },
  usage: { tokens: { input_tokens: 12, output_tokens: 3 } },
}
const cohereDelta = (text: string) => ({ type: 'content-delta', index: 0, delta: { message: { content: { text } } } })
const cohereEvents = [
  [null, { type: 'message-start', id: 'c1', delta: { message: { role: 'assistant' } } }],
  [null, cohereDelta('Hello ')],
  [null, cohereDelta('there.')],
  [null, { type: 'message-end', delta: { finish_reason: 'COMPLETE' } }],
] as const

type Answer = (response: ServerResponse, isStreamed: boolean, request: IncomingMessage) => void

const ANSWERS: readonly (readonly [RegExp, Answer])[] = [
  [
    /\/chat\/completions$/,
    (response, isStreamed) =>
      isStreamed
        ? events(response, [
            [null, chunk({ role: 'assistant', content: 'Hello ' })],
            [null, chunk({ content: 'there.' })],
            [null, chunk({}, 'stop')],
            [null, { ...chunk({}), choices: [], usage }],
            [null, '[DONE]'],
          ])
        : json(response, chat('Hello there.')),
  ],
  [
    /\/responses$/,
    (response, isStreamed) => (isStreamed ? events(response, responseEvents) : json(response, responseOf('completed', 'Hello there.'))),
  ],
  [
    /\/messages$/,
    (response, isStreamed) =>
      isStreamed ? events(response, messageEvents) : json(response, message([{ type: 'text', text: 'Hello there.' }], 'end_turn')),
  ],
  [/:generateContent$/, (response) => json(response, candidate('Hello there.', 'STOP'))],
  [
    /:streamGenerateContent$/,
    (response) =>
      events(response, [
        [null, candidate('Hello ')],
        [null, candidate('there.', 'STOP')],
      ]),
  ],
  [/\/converse$/, (response) => json(response, converse)],
  [
    /\/converse-stream$/,
    (response) => {
      response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' })
      for (const [event, payload] of converseEvents) response.write(frame(event, payload))
      response.end()
    },
  ],
  [/\/v2\/chat$/, (response, isStreamed) => (isStreamed ? events(response, cohereEvents) : json(response, cohere))],
  [
    /\/ai\/language-model$/,
    (response, _isStreamed, request) => {
      const finish = { finishReason: { unified: 'stop', raw: 'stop' }, usage: gatewayUsage }
      if (request.headers['ai-language-model-streaming'] !== 'true')
        return json(response, { content: [{ type: 'text', text: 'Hello there.' }], warnings: [], ...finish })
      events(response, [
        [null, { type: 'stream-start', warnings: [] }],
        [null, { type: 'text-start', id: '1' }],
        [null, { type: 'text-delta', id: '1', delta: 'Hello ' }],
        [null, { type: 'text-delta', id: '1', delta: 'there.' }],
        [null, { type: 'text-end', id: '1' }],
        [null, { type: 'finish', ...finish }],
        [null, '[DONE]'],
      ])
    },
  ],
]
