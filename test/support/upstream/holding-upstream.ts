import { createServer, type ServerResponse } from 'node:http'
import { listen } from './recorder.ts'

/** One request that the upstream holds back. */
export interface HeldRequest {
  /** Resolves when the caller has closed the connection. */
  readonly gone: Promise<void>
}

export interface HoldingUpstream {
  readonly origin: string
  /** How many requests came. */
  count(): number
  /** The request of this number, the first is 0; waits until it comes. */
  request(number: number): Promise<HeldRequest>
  /** Answers what it holds, and from now on every request at once: it lists one model, so that each key works. */
  release(): void
  /** Holds back again what comes from now on. */
  hold(): void
  close(): Promise<void>
}

/** Starts an upstream that answers nothing until a test says so, and tells when its callers go away. */
export async function startHoldingUpstream(): Promise<HoldingUpstream> {
  const held: HeldRequest[] = []
  const responses: ServerResponse[] = []
  let tell = () => {}
  let isHolding = true
  const server = createServer((request, response) => {
    request.resume()
    if (isHolding) responses.push(response)
    else answerWith(response)
    held.push({ gone: new Promise((resolve) => void request.socket.once('close', () => resolve())) })
    tell()
  })
  const { port, close } = await listen(server)
  const request = async (number: number): Promise<HeldRequest> => {
    const found = held[number]
    if (found !== undefined) return found
    await new Promise<void>((resolve) => {
      tell = resolve
    })
    return request(number)
  }
  const release = () => {
    isHolding = false
    for (const response of responses.splice(0)) answerWith(response)
  }
  const hold = () => {
    isHolding = true
  }
  return { origin: `http://127.0.0.1:${port}`, count: () => held.length, request, release, hold, close }
}

function answerWith(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ object: 'list', data: [{ id: 'model-a', object: 'model' }] }))
}
