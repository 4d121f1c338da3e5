import type { Dispatcher } from 'undici'
import type { CallListener, OutgoingCall, RunningCall } from './call-pool.ts'
import { errorCode } from './outbound-error.ts'
import { bodyBegins, bodyEnds } from './read-in-steps.ts'
import { onSocketOfNextRequest, type SocketUse } from './socket-use.ts'

/** Why a call ended before its answer did. */
export interface CallFailure {
  /**
   * `unreachable`: no connection was made, nothing was sent. `silent`: the vendor took too long. `broken`: the connection
   * ended, or what came is no HTTP. `unsendable`: the request could not be written.
   */
  readonly kind: 'unreachable' | 'silent' | 'broken' | 'unsendable'
  /** What was thrown. Its text may repeat what was sent: it is never shown. */
  readonly error: Error
}

/** Answers such as `103 Early Hints` may come before the real one; more of them than this are an attempt to keep us busy. */
const MAX_HINTS = 16
const TRANSFER_CODING = 'transfer-encoding'
const CLOSED = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'ECONNABORTED', 'EPIPE'])

/** Carries one call through undici: each event becomes one call of the listener, without promises in between. */
export class PooledCall implements Dispatcher.DispatchHandler, RunningCall {
  readonly #call: OutgoingCall
  readonly #listener: CallListener
  readonly #repeat: (exchange: PooledCall) => void
  #controller: Dispatcher.DispatchController | null = null
  #use: SocketUse | null = null
  #hints = 0
  #isRepeated = false
  #isOver = false

  constructor(call: OutgoingCall, listener: CallListener, repeat: (exchange: PooledCall) => void) {
    this.#call = call
    this.#listener = listener
    this.#repeat = repeat
  }

  dispatch(dispatcher: Dispatcher): void {
    const { method, path, headers, body, firstByteMs, idleMs } = this.#call
    dispatcher.dispatch({ method, path, headers: [...headers], body, headersTimeout: firstByteMs, bodyTimeout: idleMs }, this)
  }

  abort(): void {
    this.#isOver = true
    this.#controller?.abort(new Error('The caller is gone.'))
  }

  pause(): void {
    this.#controller?.pause()
  }

  resume(): void {
    this.#controller?.resume()
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#isOver) return void controller.abort(new Error('The caller is gone.'))
    onSocketOfNextRequest((use) => {
      this.#use = use
      bodyEnds(use.socket)
    })
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (this.#isOver) return
    if (status >= 200) {
      if (this.#use !== null) bodyBegins(this.#use.socket)
      const headers = textsOf(controller.rawHeaders)
      if (isCodedForTransfer(headers)) return void controller.abort(new Error('The vendor encodes its answer for the transfer.'))
      return void this.#listener.onHead(status, headers)
    }
    this.#hints += 1
    if (this.#hints > MAX_HINTS) controller.abort(new Error('The vendor sends hints without end.'))
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    // It says so when it goes on without any: a pause then would come behind the end.
    if (!this.#isOver && chunk.length > 0) this.#listener.onData(chunk)
  }

  onResponseEnd(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#listener.onEnd()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#isOver) return
    if (this.#wasNeverRead(error)) {
      this.#isRepeated = true
      this.#use = null
      this.#listener.onRepeat()
      // The listener may have had enough.
      if (!this.#hasEnded()) this.#repeat(this)
      return
    }
    this.#isOver = true
    this.#listener.onFailure({ kind: this.#kindOf(error), error })
  }

  #hasEnded(): boolean {
    return this.#isOver
  }

  /**
   * A connection that had carried a request before, and ended without a byte of an answer: the vendor had closed it by then.
   * A fresh connection that ends may have been read, and a stream cannot be sent twice.
   */
  #wasNeverRead(error: Error): boolean {
    const { body, isRepeatable } = this.#call
    const isReplayable = isRepeatable && (body === null || Buffer.isBuffer(body))
    const use = this.#use
    if (this.#isRepeated || !isReplayable || use === null || !use.isReused) return false
    return CLOSED.has(errorCode(error)) && use.socket.bytesRead === use.bytesRead
  }

  #kindOf(error: Error): CallFailure['kind'] {
    const code = errorCode(error)
    if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return 'silent'
    if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH') return 'unsendable'
    return this.#use === null ? 'unreachable' : 'broken'
  }
}

function textsOf(raw: Dispatcher.DispatchController['rawHeaders']): string[] {
  return Array.isArray(raw) ? raw.map((text) => (typeof text === 'string' ? text : text.toString('latin1'))) : []
}

/** Whether the body is coded by more than its chunks. Nobody asked for that, and what is in it could not be searched for a key. */
function isCodedForTransfer(headers: readonly string[]): boolean {
  return headers.some((name, index) => {
    const isCoding = index % 2 === 0 && name.length === TRANSFER_CODING.length && name.toLowerCase() === TRANSFER_CODING
    return isCoding && !/^(?:chunked|identity)$/i.test(headers[index + 1] ?? '')
  })
}
