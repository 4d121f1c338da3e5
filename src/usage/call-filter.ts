import { Prisma } from '../generated/prisma-sqlite/client.ts'

/** Which calls are meant; what is left out does not count. Ids are of rows. */
export interface CallFilter {
  readonly providerIds?: readonly string[] | undefined
  readonly apiKeyId?: string | undefined
  readonly callerIds?: readonly string[] | undefined
  readonly model?: string | undefined
  /** The model route that was asked for. Sums do not know it. */
  readonly route?: string | undefined
  readonly outcomes?: readonly string[] | undefined
  /** Those that began at this time or later. */
  readonly from?: Date | undefined
  /** Those that began before this time. */
  readonly until?: Date | undefined
}

/** The conditions on columns that calls and sums both have, but for the outcome. */
export function commonConditions({ providerIds, apiKeyId, callerIds, model }: CallFilter): Prisma.Sql[] {
  return [
    ...isOneOf('provider_id', providerIds),
    ...isOneOf('api_key_id', apiKeyId === undefined ? undefined : [apiKeyId]),
    ...isOneOf('caller_id', callerIds),
    ...isOneOf('model', model === undefined ? undefined : [model]),
  ]
}

/** Of one value an equation, by which an index gives rows in order. */
export function isOneOf(column: string, values: readonly string[] | undefined): Prisma.Sql[] {
  if (values === undefined) return []
  if (values.length === 0) return [Prisma.sql`1 = 0`]
  const name = Prisma.raw(column)
  return [values.length === 1 ? Prisma.sql`${name} = ${values[0]}` : Prisma.sql`${name} IN (${Prisma.join([...values])})`]
}

export function allOf(conditions: readonly Prisma.Sql[]): Prisma.Sql {
  return conditions.length === 0 ? Prisma.sql`1 = 1` : Prisma.join([...conditions], ' AND ')
}
