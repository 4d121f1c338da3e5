import { setTimeout as sleep } from 'node:timers/promises'
import type { Session } from './call-context.ts'
import type { Reply, UpstreamRequest } from './messages.ts'
import type { NetworkSettings } from './network-settings.ts'
import { OutboundError } from './outbound-error.ts'
import { exchange } from './perform-request.ts'
import { parseTarget } from './target.ts'

/** Sends a request, and again after a 5xx answer or a reset, as often and with the pauses that the provider asks for. Never throws. */
export async function send(request: UpstreamRequest, session: Session): Promise<Reply> {
  const { network, deadline } = session
  for (let retry = 0; ; retry += 1) {
    const reply = await sendOnce(request, session)
    const pauseMs = backoffMs(retry, network)
    if (retry >= network.maxRetries || !isWorthARetry(reply) || pauseMs >= deadline.remainingMs()) return reply
    await sleep(pauseMs, undefined, { signal: deadline.signal }).catch(() => {})
  }
}

/** Sends a request once, on a connection of its own. Never throws. */
export async function sendOnce(request: UpstreamRequest, session: Session): Promise<Reply> {
  const parsed = parseTarget(request.url.href)
  if (parsed.kind === 'invalid') return new OutboundError('BLOCKED_ADDRESS', parsed.issue).failure
  return exchange(request, parsed.target, session)
}

/** The pause before the next try, in milliseconds: the first one doubled each time, up to the longest. */
function backoffMs(retry: number, network: NetworkSettings): number {
  return Math.min(network.retryBackoffInitialMs * 2 ** retry, network.retryBackoffMaxMs)
}

function isWorthARetry(reply: Reply): boolean {
  return reply.kind === 'answer' ? reply.httpStatus >= 500 : reply.isReset
}
