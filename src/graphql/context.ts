import type { Logger } from 'pino'
import type { LastUses } from '../activity/last-uses.ts'
import type { RecordRefusal } from '../audit/record-refusal.ts'
import type { Principal } from '../auth/principal.ts'
import type { CallStatus } from '../calls/call-status.ts'
import type { ChangeFeed } from '../changes/change-feed.ts'
import type { Database } from '../database/client.ts'
import type { BackgroundTests } from '../providers/background-tests.ts'
import type { TestCaller, TestDeps } from '../providers/test-saved-connection.ts'
import type { Usage } from '../usage/usage.ts'
import type { AnswerOrigin } from './answer-origin.ts'

/** What the commands and queries work with, the same for every request. */
export interface GatewayDeps extends TestDeps {
  readonly changes: ChangeFeed
  readonly recordRefusal: RecordRefusal
  readonly lastUses: LastUses
  readonly newProviderTests: BackgroundTests
  readonly callStatus: CallStatus
  readonly usage: Usage
  /** Where clients reach the gateway, without a slash at its end; empty when nobody has said. */
  readonly publicUrl: string
}

/** What a resolver knows of its request, built once by `app.ts`. Nobody gets here without a valid token. */
export interface GatewayContext extends TestCaller {
  readonly deps: GatewayDeps
  /** Writes lines that carry the request id. */
  readonly log: Logger
  /** Characters of the body; 0 where no client sent one to GraphQL. */
  readonly bodyLength?: number
  /** Learns what the answer is made from. */
  readonly origin: AnswerOrigin
}

/**
 * The context of one request, which tells `origin` of everything that is used in it but the caller's role and reads of the
 * database. So no resolver has to say whether its answer may be given again, and none can forget to. The request id
 * and the log are left out: of an answer they decide its errors alone, which are never given again.
 */
export function createContext(given: GatewayContext): GatewayContext {
  const { principal, deps, origin } = given
  return { ...given, principal: watchPrincipal(principal, origin), deps: watchDeps(deps, origin) }
}

function watchPrincipal(principal: Principal, origin: AnswerOrigin): Principal {
  return watch(principal, origin, { role: principal.role })
}

function watchDeps(deps: GatewayDeps, origin: AnswerOrigin): GatewayDeps {
  const { prisma, kind, location } = deps.database
  // The public URL stays for as long as the process.
  return watch(deps, origin, { publicUrl: deps.publicUrl, database: watch<Database>(deps.database, origin, { prisma, kind, location }) })
}

/** The same object, each property of which is told when it is read, except those that are given. */
function watch<Watched extends object>(watched: Watched, origin: AnswerOrigin, unwatched: Partial<Watched>): Watched {
  return new Proxy(watched, {
    get: (target, name) => {
      if (Object.hasOwn(unwatched, name)) return Reflect.get(unwatched, name)
      origin.dependsOnMore()
      return Reflect.get(target, name)
    },
  })
}
