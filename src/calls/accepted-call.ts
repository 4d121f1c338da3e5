import type { IncomingMessage } from 'node:http'
import type { CallScope } from '../auth/call-scope.ts'
import type { Target } from '../upstream/client/target.ts'
import type { HeldAnswer } from './attempt.ts'
import type { CallBody } from './call-body.ts'
import type { CallProgress } from './call-record.ts'
import type { CallerPresence } from './caller-presence.ts'
import type { ErrorShape } from './errors/shape.ts'
import type { ProviderForCall } from './provider-for-call.ts'
import type { Relay } from './relay.ts'

/** A call that may be made, with everything that was read of it. */
export interface AcceptedCall {
  readonly request: IncomingMessage
  readonly requestId: string
  readonly provider: ProviderForCall
  readonly scope: CallScope
  readonly method: string
  /** Where it goes at an endpoint of the vendor: that of the provider, or a key's own. @throws CallError when it cannot. */
  readonly plan: (endpoint: Target) => Target
  readonly body: CallBody
  /** Null when the call names none, or none that can be read. */
  readonly model: string | null
  /** Whether it was read from the path: what the body says of it was not checked then. */
  readonly isModelInPath: boolean
  readonly shape: ErrorShape
  readonly relay: Relay
  readonly caller: CallerPresence
  /** Learns what happens on the way. */
  readonly progress: CallProgress
  /** What a model route has to say in it; null for a call of one provider. */
  readonly route: RouteHold | null
}

export interface RouteHold {
  /** `provider/model`, which the caller is told. */
  readonly target: string
  /** Whether a refusal of the vendor is left to another target. */
  readonly leavesToAnother: (answer: HeldAnswer) => boolean
}
