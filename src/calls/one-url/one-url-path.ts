import type { IncomingHttpHeaders } from 'node:http'
import { percentDecoded } from '../../read-url.ts'
import { CallError } from '../error-codes.ts'
import { anthropicErrors } from '../errors/anthropic.ts'
import { openaiErrors } from '../errors/openai.ts'
import type { ErrorShape } from '../errors/shape.ts'
import { refuseVersionTwice } from '../plan-request.ts'

/** What a path below the one base URL asks for. */
export type OneUrlPath =
  | { readonly kind: 'models' }
  /** One model of the list. */
  | { readonly kind: 'model'; readonly id: string }
  /** A call of the model that the body names. */
  | { readonly kind: 'call' }

const CALLS: ReadonlySet<string> = new Set([
  ...['/v1/chat/completions', '/v1/completions', '/v1/responses', '/v1/embeddings', '/v1/moderations', '/v1/rerank'],
  ...['/v1/responses/compact', '/v1/responses/input_tokens'],
  ...['/v1/images/generations', '/v1/images/edits', '/v1/images/variations'],
  ...['/v1/audio/speech', '/v1/audio/transcriptions', '/v1/audio/translations'],
  ...['/v1/messages', '/v1/messages/count_tokens'],
])
const MODELS = '/v1/models'

/** @throws CallError `route_not_supported`. */
export function parseOneUrlPath(method: string, rest: string): OneUrlPath {
  if (method === 'POST' && CALLS.has(rest)) return { kind: 'call' }
  if (method === 'GET' || method === 'HEAD') {
    if (rest === MODELS || rest === `${MODELS}/`) return { kind: 'models' }
    // A name that cannot be decoded is nobody's.
    if (rest.startsWith(`${MODELS}/`)) return { kind: 'model', id: percentDecoded(rest.slice(MODELS.length + 1)) ?? '' }
  }
  refuseVersionTwice(method, rest)
  throw new CallError('route_not_supported', `route not supported: ${method} ${rest}. Other calls of models are below /ai/{provider}.`)
}

/** Whether a path is one of Anthropic's Messages API. */
export function isMessages(rest: string): boolean {
  return /^\/v1\/messages(?:\/|$)/.test(rest)
}

/** Anthropic's clients are told by the path, and by the header that all of them send wherever the path is none of OpenAI's calls. */
export function oneUrlShape(rest: string, headers: IncomingHttpHeaders): ErrorShape {
  return isMessages(rest) || (headers['anthropic-version'] !== undefined && !CALLS.has(rest)) ? anthropicErrors : openaiErrors
}

/** Whether a list of models is asked for by a client of Anthropic's. */
export function isAnthropicList(rest: string, headers: IncomingHttpHeaders): boolean {
  return (rest === MODELS || rest.startsWith(`${MODELS}/`)) && headers['anthropic-version'] !== undefined
}
