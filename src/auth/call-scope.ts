import { z } from 'zod'

/** Which model calls a token may make. */
export interface CallScope {
  /** Ids of providers, so that a new provider of an old name is not in it; null for every provider. */
  readonly providers: readonly string[] | null
  /** Globs over the vendors' names of models; null for every model. */
  readonly models: readonly string[] | null
  /** For each replica; null for the gateway's own limit. */
  readonly requestsPerMinute: number | null
  /** Input and output together, in days of UTC; null for no limit. */
  readonly tokensPerDay: number | null
}

const names = z.array(z.string()).readonly().nullable()

/** What the column `calls` holds, whole: a member that this release does not know may be a limit of a newer one. */
const storedScope = z.strictObject({
  version: z.literal(1),
  providers: names,
  models: names,
  requestsPerMinute: z.int().positive().nullable(),
  tokensPerDay: z.int().positive().nullable(),
})

/**
 * Reads the column `calls` of a token. Null when the token may make no call, whatever its role: without a scope, and with
 * one in a form that this release does not know.
 */
export function readCallScope(column: unknown): CallScope | null {
  const read = storedScope.safeParse(column)
  if (!read.success) return null
  const { version: _, ...scope } = read.data
  return scope
}

/** The scope as the column takes it. Whatever the order in which a database keeps it, its MAC is made over one text. */
export function toStoredScope({ providers, models, requestsPerMinute, tokensPerDay }: CallScope) {
  return { version: 1, providers: providers && [...providers], models: models && [...models], requestsPerMinute, tokensPerDay }
}
