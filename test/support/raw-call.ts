import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'

/** What came of a call that was made by hand. */
export interface RawAnswer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
  /** Whether the answer came to its end; false when the connection was cut. */
  readonly complete: boolean
}

export interface RawCall {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Left out, or undefined: the test writes it for itself. */
  readonly body?: string | Buffer | undefined
}

/** Begins a call on a connection of its own, in which nothing is decoded, followed or repeated. */
export function beginCall(url: string, { method = 'POST', path, headers = {}, body }: RawCall): ClientRequest {
  const { hostname, port } = new URL(url)
  const call = request({ hostname, port, method, path, headers, agent: false })
  call.on('error', () => {})
  if (body !== undefined) call.end(body)
  return call
}

/** The head of the answer to a call. */
export async function headOf(call: ClientRequest): Promise<IncomingMessage> {
  const [response] = await once(call, 'response')
  response.on('error', () => {})
  return response
}

/** Makes a call and reads its answer until it ends or is cut. */
export async function rawCall(url: string, call: RawCall): Promise<RawAnswer> {
  const begun = beginCall(url, { body: '', ...call })
  return readAnswer(await headOf(begun))
}

export async function readAnswer(response: IncomingMessage): Promise<RawAnswer> {
  const chunks: Buffer[] = []
  response.on('data', (chunk: Buffer) => void chunks.push(chunk))
  // Not `once` of the events module, which throws what a cut connection is told with.
  if (!response.closed) await new Promise((resolve) => response.once('close', resolve))
  const { statusCode: status = 0, headers, rawHeaders, complete } = response
  return { status, headers, rawHeaders, body: Buffer.concat(chunks), complete }
}
