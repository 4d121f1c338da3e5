import { createHash } from 'node:crypto'
import type { Answer } from './respond.ts'

/** The answer with a strong tag that names its very bytes, unless its route gave it one that says more. */
export function withEntityTag(answer: Answer): Answer {
  if (answer.body === undefined || answer.headers?.etag !== undefined) return answer
  const digest = createHash('sha256').update(answer.body).digest('base64url').slice(0, 27)
  return { ...answer, headers: { ...answer.headers, etag: `"${digest}"` } }
}

/**
 * What to send to a client that says which answers it holds: 304 without a body when this is one of them
 * (RFC 9110, section 13.1.2).
 */
export function unlessHeld(answer: Answer, ifNoneMatch: string | undefined): Answer {
  const etag = answer.headers?.etag
  if (ifNoneMatch === undefined || etag === undefined || answer.status !== 200) return answer
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes(etag) || tags.includes('*') ? { status: 304, headers: { etag } } : answer
}
