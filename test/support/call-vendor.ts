import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { beforeEach } from 'vitest'
import { listen } from './upstream/recorder.ts'
import { useStarted } from './use-started.ts'

/** A request as the vendor read it from the wire. */
export interface VendorRequest {
  readonly method: string
  readonly path: string
  readonly rawHeaders: readonly string[]
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
  readonly socket: Socket
}

/** Answers one request; `whole` waits for its body. */
export type VendorAnswer = (request: IncomingMessage, response: ServerResponse, whole: () => Promise<Buffer>) => void | Promise<void>

export interface CallVendor {
  readonly origin: string
  readonly requests: VendorRequest[]
  /** Connections that were opened so far. */
  readonly connections: () => number
  /** How many requests ended before their answer did. */
  readonly aborted: () => number
  /** Replaces how requests are answered from now on. */
  answerWith(answer: VendorAnswer): void
  /** Settles when the condition holds; it is looked at whenever something happened here. */
  until(condition: () => boolean): Promise<void>
  /** Ends every connection and takes no more, until `comeBack`. */
  goAway(): Promise<void>
  comeBack(): Promise<void>
  close(): Promise<void>
}

/** A vendor on loopback that does what a test says, and records what it was sent. */
export async function startCallVendor(initial: VendorAnswer = chatAnswer): Promise<CallVendor> {
  const requests: VendorRequest[] = []
  const waiting = new Set<() => void>()
  let answer = initial
  let connections = 0
  let aborted = 0
  const changed = () => {
    for (const look of [...waiting]) look()
  }
  const server = createServer({ keepAliveTimeout: 60_000 }, async (request, response) => {
    response.on('close', () => {
      if (!response.writableFinished) aborted += 1
      changed()
    })
    request.on('error', () => {})
    let whole: Promise<Buffer> | undefined
    const read = () => {
      whole ??= readWhole(request)
      return whole
    }
    const record = (body: Buffer) => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]))
      const { method = '', url: path = '', rawHeaders, socket } = request
      requests.push({ method, path, rawHeaders, headers, body, socket })
      changed()
    }
    const given = answer
    if (given.length < 3) record(await read())
    else record(Buffer.alloc(0))
    await given(request, response, read)
  })
  server.on('connection', () => {
    connections += 1
    changed()
  })
  let bound = await listen(server)
  const { port } = bound
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    connections: () => connections,
    aborted: () => aborted,
    answerWith: (next) => {
      answer = next
    },
    until: async (condition) => {
      while (!condition()) {
        await new Promise<void>((resolve) => {
          const look = () => {
            waiting.delete(look)
            resolve()
          }
          waiting.add(look)
        })
      }
    },
    goAway: () => bound.close(),
    comeBack: async () => {
      bound = await listen(server, port)
    },
    close: () => bound.close(),
  }
}

/** A vendor for the tests of a file: each of them finds it without requests, and answering a chat. */
export function useCallVendor(): CallVendor {
  const vendor = useStarted(startCallVendor)
  beforeEach(() => {
    vendor.requests.length = 0
    vendor.answerWith(chatAnswer)
  })
  return vendor
}

async function readWhole(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => void chunks.push(chunk))
  if (!request.readableEnded) await Promise.race([once(request, 'end'), once(request, 'close')]).catch(() => {})
  return Buffer.concat(chunks)
}

/** What a chat of OpenAI's answers. */
export const CHAT = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-5',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello there.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 },
}

export function chunkOf(content: string): string {
  const choices = [{ index: 0, delta: { content }, finish_reason: null }]
  return `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'gpt-5', choices })}\n\n`
}

/** Answers a chat, streamed when that is asked for. */
export function chatAnswer(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'x-request-id': 'vendor-1', 'set-cookie': 'a=b', server: 'vendor' })
  response.end(JSON.stringify(CHAT))
}

/** A stream of events that a test writes piece by piece. */
export function openStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.flushHeaders()
}

/** Refuses with a status and a JSON body. */
export function refusal(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): VendorAnswer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }
}
