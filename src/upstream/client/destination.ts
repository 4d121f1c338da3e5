import type { CallContext } from './call-context.ts'
import type { UpstreamRequest } from './messages.ts'

/** A fault of the gateway itself: a request was made for a host that its destination does not include. Nothing was sent. */
export class DestinationFault extends Error {
  constructor({ target }: Pick<UpstreamRequest, 'target'>, { origin }: Pick<CallContext, 'origin'>) {
    super(`A request for ${target.origin} was stopped: the destination is ${origin}.`)
  }
}

/**
 * The one check in front of every socket: a request goes to the origin of its destination, or to one that the vendor's type
 * lists. It holds for requests without a credential too, so no call has to say whether it carries one.
 */
export function assertDestination(request: Pick<UpstreamRequest, 'target'>, context: Pick<CallContext, 'origin' | 'vendorOrigins'>): void {
  const { origin } = request.target
  if (origin !== context.origin && !context.vendorOrigins.includes(origin)) throw new DestinationFault(request, context)
}
