import type { Activity } from '../activity/activity.ts'
import { type ModelCall, Prisma } from '../generated/prisma-sqlite/client.ts'
import { allOf, type CallFilter, commonConditions, isOneOf } from './call-filter.ts'
import { firstCallId } from './call-row.ts'

/** A part of a list of calls. */
export interface CallPage {
  readonly limit: number
  /** Whether it is read from the oldest on. */
  readonly oldestFirst: boolean
  /** Ids of calls between which the page lies: in front of the older one, behind the newer one. */
  readonly olderThan?: string | undefined
  readonly newerThan?: string | undefined
}

/** Calls are counted up to here. */
const MOST_COUNTED = 10_000

/** Calls in the order of their starts, newest first unless the page says otherwise. */
export async function readCalls({ prisma }: Pick<Activity, 'prisma'>, filter: CallFilter, page: CallPage): Promise<ModelCall[]> {
  const { limit, oldestFirst, olderThan, newerThan } = page
  const order = Prisma.raw(oldestFirst ? 'ASC' : 'DESC')
  const between = [
    ...(olderThan === undefined ? [] : [Prisma.sql`id < ${olderThan}`]),
    ...(newerThan === undefined ? [] : [Prisma.sql`id > ${newerThan}`]),
  ]
  const branches = branchesOf(filter).map(
    (conditions) =>
      Prisma.sql`SELECT id FROM (SELECT id FROM model_calls WHERE ${allOf([...conditions, ...between])} ORDER BY id ${order} LIMIT ${limit}) AS branch`,
  )
  const found = await prisma.$queryRaw<{ id: string }[]>(
    Prisma.sql`${Prisma.join(branches, ' UNION ALL ')} ORDER BY id ${order} LIMIT ${limit}`,
  )
  return prisma.modelCall.findMany({
    where: { id: { in: found.map(({ id }) => id) } },
    orderBy: { id: oldestFirst ? 'asc' : 'desc' },
  })
}

/** How many calls there are, up to `MOST_COUNTED`. */
export async function countCalls({ prisma }: Pick<Activity, 'prisma'>, filter: CallFilter): Promise<number> {
  const branches = branchesOf(filter).map(
    (conditions) => Prisma.sql`SELECT id FROM (SELECT id FROM model_calls WHERE ${allOf(conditions)} LIMIT ${MOST_COUNTED}) AS branch`,
  )
  const [row] = await prisma.$queryRaw<{ count: number }[]>(
    Prisma.sql`SELECT CAST(count(*) AS INTEGER) AS count FROM (${Prisma.join(branches, ' UNION ALL ')}) AS found`,
  )
  return Math.min(row?.count ?? 0, MOST_COUNTED)
}

/** Conditions for each outcome apart, so that each finds its calls in order by an index. */
function branchesOf(filter: CallFilter): Prisma.Sql[][] {
  const { from, until, outcomes, route } = filter
  const conditions = [
    ...commonConditions(filter),
    ...isOneOf('route', route === undefined ? undefined : [route]),
    ...(from === undefined ? [] : [Prisma.sql`id >= ${firstCallId(from)}`]),
    ...(until === undefined ? [] : [Prisma.sql`id < ${firstCallId(until)}`]),
  ]
  if (outcomes === undefined || outcomes.length === 0) return [[...conditions, ...isOneOf('outcome', outcomes)]]
  return [...new Set(outcomes)].map((outcome) => [...conditions, ...isOneOf('outcome', [outcome])])
}
