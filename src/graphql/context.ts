import type { Logger } from 'pino'
import type { Caller } from '../auth/principal.ts'
import type { ChangeFeed } from '../changes/change-feed.ts'
import type { TestDeps } from '../providers/test-connection.ts'

/** What the commands and queries work with, the same for every request. */
export interface GatewayDeps extends TestDeps {
  readonly changes: ChangeFeed
}

/** What a resolver knows of its request, built once by the front door. Nobody gets here without a valid token. */
export interface GatewayContext extends Caller {
  readonly deps: GatewayDeps
  /** Writes lines that carry the request id. */
  readonly log: Logger
}
