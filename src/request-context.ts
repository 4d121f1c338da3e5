import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { SignIn } from './auth/sign-in.ts'
import { AnswerOrigin } from './graphql/answer-origin.ts'
import { onceClosed } from './http/once-closed.ts'
import type { FinishedRequest } from './metrics/metrics.ts'
import { inThisTrace } from './tracing/span.ts'

export interface RequestContextOptions {
  readonly requestId: string
  readonly route: string
  readonly log: Logger
  readonly signIn: SignIn
  /** Whether the request leaves a line in the log here; a model call leaves its own. */
  readonly leavesLine?: boolean
  /** Called once, when the answer was sent or the client is gone. */
  readonly onFinished: (request: FinishedRequest) => void
}

/** One request on its way to its answer. What not every request needs is made when it is first asked for. */
export class RequestContext {
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
  private leaving: AbortController | undefined
  private signedIn: ReturnType<SignIn> | undefined

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    { requestId, route, log, signIn, leavesLine = true, onFinished }: RequestContextOptions,
  ) {
    this.request = request
    this.response = response
    this.requestId = requestId
    this.route = route
    this.ownerLog = log
    this.ask = signIn
    this.finishWhenClosed(leavesLine, onFinished)
  }

  /** Writes lines that carry the request id. */
  get log(): Logger {
    this.ownLog ??= this.ownerLog.child({ requestId: this.requestId })
    return this.ownLog
  }

  /** Is aborted when the client goes away before its answer was sent. */
  get left(): AbortSignal {
    this.leaving ??= this.watchClient()
    return this.leaving.signal
  }

  /** Finds out who sent the request, once. */
  signIn(): ReturnType<SignIn> {
    this.signedIn ??= this.ask(this.request)
    return this.signedIn
  }

  private watchClient(): AbortController {
    const { request, response } = this
    const { socket } = request
    const leaving = new AbortController()
    const leave = () => {
      // Not when the answer was sent: it costs the error that it makes.
      if (!response.writableFinished) leaving.abort()
    }
    onceClosed(response, leave)
    if (response.destroyed || socket.destroyed) leave()
    return leaving
  }

  /** Each request leaves one line. */
  private finishWhenClosed(leavesLine: boolean, onFinished: RequestContextOptions['onFinished']): void {
    const { request, response } = this
    const started = performance.now()
    const finish = () => {
      const { statusCode: status, writableFinished: complete } = response
      // A stream lasts as long as its reader likes, which tells nothing of how fast answers are.
      const isStream = String(response.getHeader('content-type') ?? '').startsWith('text/event-stream')
      const route = isStream ? `${this.route}.stream` : this.route
      const { requestId } = this
      const method = request.method ?? ''
      const durationMs = performance.now() - started
      if (leavesLine) this.ownerLog.info({ requestId, route, method, status, durationMs: Math.round(durationMs), complete }, 'request')
      onFinished({ route, method, status, durationMs, complete })
    }
    onceClosed(response, inThisTrace(finish))
  }
}
