import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

const expected = createHash('sha256')
  .update(process.env.BENCH_TOKEN ?? '')
  .digest()

/** The least that any server does to know its caller: one token, compared by its digest. */
export function isAuthenticated({ headers }: IncomingMessage): boolean {
  const token = headers.authorization?.replace(/^Bearer /, '') ?? ''
  return timingSafeEqual(createHash('sha256').update(token).digest(), expected)
}
