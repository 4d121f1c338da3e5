import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Principal } from '../auth/principal.ts'

/**
 * Everything but the data that may decide the answer to a request: the caller's role, which is all that a reproducible
 * answer knows of the caller, and of the request the method, the URL, the body, and the headers about their forms.
 * A digest where there is a body, which may hold secrets in the wrong place.
 */
export function requestKey(
  { role }: Pick<Principal, 'role'>,
  { method, url, headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  body?: Buffer,
): string {
  // No part can hold a line break, so no two requests write the same text.
  const head = `${role}\n${method}\n${url}\n${headers.accept ?? ''}\n${headers['content-type'] ?? ''}\n`
  return body === undefined || body.length === 0 ? head : createHash('sha256').update(head).update(body).digest('base64')
}
