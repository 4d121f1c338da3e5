import type { ActorKind } from '../generated/prisma-sqlite/enums.ts'

/** Who did something, as an audit event has it. */
export interface Actor {
  readonly kind: ActorKind
  /** Of a row, or user and machine of the command line; empty for the gateway itself. */
  readonly id: string
  /** What they were called then. They may have chosen it themselves. */
  readonly name: string
}

/** The columns of an audit event that tell of its actor. */
export interface ActorColumns {
  readonly actorKind: ActorKind
  readonly actorId: string
  readonly actor: string
}

export function readActor({ actorKind, actorId, actor }: ActorColumns): Actor {
  return { kind: actorKind, id: actorId, name: actor }
}

/** An actor as text, e.g. `ci (token:74372cca-…)`. Kind and id stand last: nobody can write them into a name. */
export function actorText({ kind, id, name }: Actor): string {
  return `${name} (${[kind.toLowerCase(), ...(id === '' ? [] : [id])].join(':')})`
}
