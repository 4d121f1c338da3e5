import type { ActorKind, Role } from '../generated/prisma-sqlite/enums.ts'
import type { CallScope } from './call-scope.ts'
import type { CallerRules } from './caller-rules.ts'

/** Who asks, and what it may do: a valid token, known by its row; or the command line or the gateway itself. */
export interface Principal {
  readonly kind: ActorKind
  /** Of the token's row; user and machine of the command line; empty for the gateway itself. */
  readonly tokenId: string
  readonly tokenName: string
  readonly role: Role
  /** The model calls that it may make; null for none, whatever its role. */
  readonly calls: CallScope | null
}

/** The way by which a request came, for the audit log; `start` is the gateway itself, when it makes the first token. */
export type Channel = 'graphql' | 'coder' | 'bifrost' | 'respan' | 'ziri' | 'cli' | 'start'

/** Everything a command needs to know of who called it. */
export interface Caller {
  readonly principal: Principal
  readonly channel: Channel
  /** What the API of the caller promises about inputs. */
  readonly rules: CallerRules
  readonly requestId: string
}

const RANK: Readonly<Record<Role, number>> = { CALLER: 0, VIEWER: 1, EDITOR: 2, ADMIN: 3 }

/** Whether the principal has the role, or a stronger one: admins may do all that editors may, editors all that viewers may. Callers may read nothing but themselves. */
export function hasRole(principal: Principal, role: Role): boolean {
  return RANK[principal.role] >= RANK[role]
}
