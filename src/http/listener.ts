import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { refuseConnect, refuseMalformed } from './refuse-malformed.ts'
import { json, send, setSecurityHeaders } from './respond.ts'
import { SERVER_LIMITS } from './server-limits.ts'
import { boundUnreadBody } from './unread-body.ts'

const WRONG_HOST = json(400, { message: 'A request has the header `Host` exactly once.' }, { connection: 'close' })
const WRONG_EXPECTATION = json(417, { message: 'The header `Expect` may only say `100-continue`.' }, { connection: 'close' })

/** An HTTP server all of whose answers have our headers, those too that Node would give by itself. */
export function createListener(handle: (request: IncomingMessage, response: ServerResponse) => void): Server {
  const refuseWith = (answer: typeof WRONG_HOST) => (_request: IncomingMessage, response: ServerResponse) => {
    setSecurityHeaders(response, randomUUID())
    void send(response, answer)
  }
  const refuseHost = refuseWith(WRONG_HOST)
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    boundUnreadBody(request, response)
    const respond = namesOneHost(request) ? handle : refuseHost
    respond(request, response)
  }
  return createServer(SERVER_LIMITS, answer)
    .on('checkExpectation', refuseWith(WRONG_EXPECTATION))
    .on('clientError', refuseMalformed)
    .on('connect', (_request, socket) => refuseConnect(socket))
}

/** RFC 9112, section 3.2. Two of them could mean one host to a proxy and another one here. */
function namesOneHost({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  let hosts = 0
  for (let index = 0; index < rawHeaders.length; index += 2) if (rawHeaders[index]?.toLowerCase() === 'host') hosts += 1
  return hosts === 1 || (hosts === 0 && httpVersion === '1.0')
}
