import type { UpstreamResponse } from '../client/messages.ts'
import { at, isRecord, textAt } from './json.ts'

/** Where vendors put the text of an error. */
const ERROR_TEXTS: readonly (readonly (string | number)[])[] = [
  ['error', 'message'],
  ['error'],
  ['message'],
  ['Message'],
  ['error', 'msg'],
  ['msg'],
  ['detail'],
  ['detail', 'message'],
  ['detail', 'error'],
  ['detail', 0, 'msg'],
  ['errors', 0, 'message'],
  ['errors', 0],
  ['error_description'],
  ['error_message'],
  ['error_msg'],
  ['err_msg'],
  ['Error', 'Message'],
  ['fault', 'faultstring'],
  ['base_resp', 'status_msg'],
  ['title'],
  [0, 'error', 'message'],
  [0, 'error'],
]

/** Where vendors put the code of an error. */
const ERROR_CODES: readonly (readonly (string | number)[])[] = [
  ['error', 'code'],
  ['error', 'type'],
  ['error', 'status'],
  ['Error', 'Code'],
  ['__type'],
  ['code'],
  ['error_code'],
  ['err_code'],
  ['statusCode'],
  [0, 'error', 'status'],
]

/** What a body says, when it is an API's error. */
export interface ApiError {
  /** The upstream's own words, unscrubbed; empty when it has none. */
  readonly text: string
}

/**
 * The one place that decides whether a body is an API's error, of any vendor. The body decides and not its label: JSON that
 * is called HTML counts, a web page that is called JSON does not. Null for everything else, which is then some firewall's,
 * proxy's or web server's answer.
 */
export function apiErrorIn({ json, body, headers, bodyProblem }: UpstreamResponse): ApiError | null {
  if (bodyProblem !== null) return beginsLikeJson(body, headers) ? { text: '' } : null
  if (typeof json === 'string') return json.trim() === '' || looksLikePage(json) ? null : { text: json }
  if (json !== undefined) return isFirewallJson(json) ? null : jsonError(json)
  if (body.trim() === '') return hasApiChallenge(headers) ? { text: '' } : null
  // AWS's token service writes XML.
  return /^\s*(?:<\?xml[^>]*>\s*)?<(?:Error|ErrorResponse)\b/.test(body) ? { text: xmlText(body, 'Message') } : null
}

/** The upstream's own error text, from the first known field that has one; empty when none has. Not scrubbed. */
export function errorText(json: unknown): string {
  return ERROR_TEXTS.map((path) => textAt(json, ...path)).find((text) => text !== '') ?? ''
}

/** The text of an element of an XML body; empty when there is none. */
export function xmlText(body: string, element: string): string {
  return new RegExp(`<${element}>([^<]*)</${element}>`).exec(body)?.[1] ?? ''
}

/** Whether a text is a web page, whatever it is called. */
export function looksLikePage(text: string): boolean {
  return /^\s*(?:<!doctype|<html|<head|<body|<title|<meta|<script|<center|<h\d|<!--)/i.test(text)
}

/** A body that was not read to its end is believed to be what it begins like, or is called when nothing of it came. */
function beginsLikeJson(body: string, headers: UpstreamResponse['headers']): boolean {
  return body.trim() === '' ? /\bjson\b/i.test(headers['content-type'] ?? '') : /^\s*[{[]/.test(body)
}

function jsonError(json: unknown): ApiError | null {
  const text = errorText(json)
  if (looksLikePage(text)) return null
  const hasCode = ERROR_CODES.some((path) => ['string', 'number'].includes(typeof at(json, ...path)))
  // Some APIs say it with the status, and send an object that says no more.
  const isBare = isRecord(json) && Object.keys(json).length === 0
  return text !== '' || hasCode || isBare || isRecord(at(json, 'error')) ? { text } : null
}

/** Firewalls that stand in front of APIs answer in JSON too, to those who ask for it: with the number of a block. */
function isFirewallJson(json: unknown): boolean {
  return at(json, 'cloudflare_error') === true || /\b(?:cf|cloudflare)\b.*\berror-1\d{3}/i.test(textAt(json, 'type'))
}

/** RFC 6750: an API may refuse a token by a header alone. Basic, Negotiate and NTLM ask people, not programs with keys. */
function hasApiChallenge(headers: UpstreamResponse['headers']): boolean {
  return /^\s*(?:bearer|token|api-?key|key|dpop)\b/i.test(headers['www-authenticate'] ?? '')
}
