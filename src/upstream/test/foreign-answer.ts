import type { UpstreamResponse } from '../client/messages.ts'
import { looksLikePage } from '../vendors/api-error.ts'
import type { Scrubber } from '../vendors/scrub.ts'

/** Describes an answer that is not an API's: what it is, what it calls itself, and whose server says that it sent it. */
export function foreignAnswer(response: UpstreamResponse, scrubber: Scrubber): string {
  const title = scrubber.quote(titleOf(response.body))
  const server = serverOf(response, scrubber)
  return `${kindOf(response)}${title === null ? '' : ` titled "${title}"`}${server === null ? '' : `, sent by "${server}"`}`
}

function kindOf({ body, json, headers, bodyProblem }: UpstreamResponse): string {
  if (bodyProblem !== null) return 'a body that could not be read'
  if (looksLikePage(body)) return 'a web page'
  if (json !== undefined) return "JSON that is not an API's error"
  if (body.trim() === '') return 'an empty body'
  return /\bhtml\b/i.test(headers['content-type'] ?? '') || /<html\b/i.test(body) ? 'a web page' : 'plain text'
}

function titleOf(body: string): string {
  return /<title[^>]*>([^<]{1,200})<\/title>/i.exec(body)?.[1]?.trim() ?? ''
}

/** Only names and versions of software: the header is the upstream's to fill. */
function serverOf({ headers }: UpstreamResponse, scrubber: Scrubber): string | null {
  const server = headers.server ?? ''
  return /^[\w./()+: -]{1,60}$/.test(server) ? scrubber.quote(server) : null
}
