import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { refuseConnect, refuseMalformed } from './refuse-malformed.ts'
import { json, send, setSecurityHeaders } from './respond.ts'
import { REQUEST_TIMEOUT_MS, SERVER_LIMITS } from './server-limits.ts'
import { boundUnreadBody } from './unread-body.ts'

const WRONG_HOST = json(400, { message: 'Send the header `Host` exactly once.' }, { connection: 'close' })
const WRONG_EXPECTATION = json(417, { message: 'The header `Expect` may only say `100-continue`.' }, { connection: 'close' })
const WRONG_CODING = json(501, { message: 'The gateway reads no transfer coding but `chunked`.' }, { connection: 'close' })

/**
 * An HTTP server all of whose answers have our headers, those too that Node would give by itself.
 * @param takesUploads whether a request may take minutes to arrive, and says for itself when it expects its body.
 */
export function createListener(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  takesUploads: (request: IncomingMessage) => boolean = () => false,
): Server {
  const refuseWith = (answer: typeof WRONG_HOST) => (_request: IncomingMessage, response: ServerResponse) => {
    setSecurityHeaders(response, randomUUID())
    void send(response, answer)
  }
  const refuseHost = refuseWith(WRONG_HOST)
  const refuseCoding = refuseWith(WRONG_CODING)
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    boundUnreadBody(request, response)
    if (!takesUploads(request)) boundUpload(request, response)
    // Of a body with another coding, what is read would not be what was sent.
    const respond = /^chunked$/i.test(request.headers['transfer-encoding'] ?? 'chunked') ? handle : refuseCoding
    if (namesOneHost(request)) respond(request, response)
    else refuseHost(request, response)
  }
  return createServer(SERVER_LIMITS, answer)
    .on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      if (!takesUploads(request)) response.writeContinue()
      answer(request, response)
    })
    .on('checkExpectation', refuseWith(WRONG_EXPECTATION))
    .on('clientError', refuseMalformed)
    .on('connect', (_request, socket) => refuseConnect(socket))
}

/** The server waits for the longest of all requests; any other one has to arrive sooner. */
function boundUpload(request: IncomingMessage, response: ServerResponse): void {
  const { 'content-length': length, 'transfer-encoding': coding } = request.headers
  if (length === undefined && coding === undefined) return
  const timer = setTimeout(() => {
    if (request.complete) return
    if (response.headersSent) request.socket.destroy()
    else refuseMalformed(Object.assign(new Error('Late.'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), request.socket)
  }, REQUEST_TIMEOUT_MS)
  request.once('close', () => clearTimeout(timer))
}

/** RFC 9112, section 3.2. Two of them could mean one host to a proxy and another one here. */
function namesOneHost({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  let hosts = 0
  for (let index = 0; index < rawHeaders.length; index += 2) if (rawHeaders[index]?.toLowerCase() === 'host') hosts += 1
  return hosts === 1 || (hosts === 0 && httpVersion === '1.0')
}
