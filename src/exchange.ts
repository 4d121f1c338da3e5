import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { SignIn } from './auth/sign-in.ts'
import { AnswerOrigin } from './graphql/answer-origin.ts'

/** One request on its way to its answer. What not every request needs is made when it is first asked for. */
export class Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly requestId: string
  /** Learns what the answer is made from. */
  readonly origin = new AnswerOrigin()
  /** The name of the route, for the log; a route may give a more exact one. */
  route: string
  private readonly ownerLog: Logger
  private readonly ask: SignIn
  private ownLog: Logger | undefined
  private signedIn: ReturnType<SignIn> | undefined

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    { requestId, route, log, signIn }: { requestId: string; route: string; log: Logger; signIn: SignIn },
  ) {
    this.request = request
    this.response = response
    this.requestId = requestId
    this.route = route
    this.ownerLog = log
    this.ask = signIn
    this.logWhenClosed()
  }

  /** Writes lines that carry the request id. */
  get log(): Logger {
    this.ownLog ??= this.ownerLog.child({ requestId: this.requestId })
    return this.ownLog
  }

  /** Finds out who sent the request, once. */
  signIn(): ReturnType<SignIn> {
    this.signedIn ??= this.ask(this.request)
    return this.signedIn
  }

  /** Each request leaves one line. */
  private logWhenClosed(): void {
    const { request, response } = this
    const started = performance.now()
    response.once('close', () => {
      const { statusCode: status, writableFinished: complete } = response
      const durationMs = Math.round(performance.now() - started)
      this.ownerLog.info({ requestId: this.requestId, route: this.route, method: request.method, status, durationMs, complete }, 'request')
    })
  }
}
