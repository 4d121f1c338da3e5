import { setTimeout as sleep } from 'node:timers/promises'
import type { CallContext } from './call-context.ts'
import type { Reply, UpstreamRequest } from './messages.ts'
import type { NetworkSettings } from './network-settings.ts'
import { performRequest } from './perform-request.ts'

/**
 * Sends a request, and again after a 5xx answer or a reset, as often and with the pauses that the provider asks for. What
 * the upstream does is a reply. @throws DestinationFault, and then nothing was sent.
 */
export async function send(request: UpstreamRequest, context: CallContext): Promise<Reply> {
  const { network, deadline } = context
  for (let retry = 0; ; retry += 1) {
    const reply = await performRequest(request, context)
    const pauseMs = backoffMs(retry, network)
    if (retry >= network.maxRetries || !isWorthARetry(reply) || pauseMs >= deadline.remainingMs()) return reply
    await sleep(pauseMs, undefined, { signal: deadline.signal }).catch(() => {})
  }
}

/** The pause before the next try, in milliseconds: the first one doubled each time, up to the longest. */
function backoffMs(retry: number, network: NetworkSettings): number {
  return Math.min(network.retryBackoffInitialMs * 2 ** retry, network.retryBackoffMaxMs)
}

function isWorthARetry(reply: Reply): boolean {
  return reply.kind === 'response' ? reply.httpStatus >= 500 : reply.isReset
}
