import { isDatabaseThere, type TransactionClient } from '../database/client.ts'
import { type ActivityModel, byPosition, type Table } from '../database/copy-tables.ts'
import { COPY_TRANSACTION, notUpToDate, type Side, type Told } from '../database/migrate-data.ts'
import { type Activity, activityFile, openActivity, openActivityIfThere } from './activity.ts'
import { insertCalls } from './insert-calls.ts'

type ActivityTable = Table & { clear(client: TransactionClient): Promise<unknown> }

/** Every table of activity; it does not compile while one is missing. @param engine of the target. */
const tablesFor = (engine: Activity['engine']): Readonly<Record<ActivityModel, ActivityTable>> => ({
  LastUse: {
    count: (client) => client.lastUse.count(),
    clear: (client) => client.lastUse.deleteMany(),
    copy: byPosition(
      (client, page) => client.lastUse.findMany({ ...page, orderBy: { id: 'asc' } }),
      (client, data) => client.lastUse.createMany({ data }),
    ),
  },
  ModelCall: {
    count: (client) => client.modelCall.count(),
    clear: (client) => client.modelCall.deleteMany(),
    copy: async (from, to, onPage) => {
      let last = ''
      for (;;) {
        const data = await from.modelCall.findMany({ where: { id: { gt: last } }, orderBy: { id: 'asc' }, take: PAGE })
        await insertCalls(engine, to, data)
        await onPage(data.length)
        if (data.length < PAGE) return
        last = data.at(-1)?.id ?? ''
      }
    },
  },
  UsageSum: {
    count: (client) => client.usageSum.count(),
    clear: (client) => client.usageSum.deleteMany(),
    copy: async (from, to, onPage) => {
      for (const hours of [1, 24])
        for (let span = await spanBehind(from, hours, -1); span !== null; span = await spanBehind(from, hours, span.at))
          await sumsOfSpan(hours, span.at)(from, to, onPage)
    },
  },
  UsageName: {
    count: (client) => client.usageName.count(),
    clear: (client) => client.usageName.deleteMany(),
    copy: byPosition(
      (client, page) => client.usageName.findMany({ ...page, orderBy: { id: 'asc' } }),
      (client, data) => client.usageName.createMany({ data }),
    ),
  },
})

/** Rows of one statement, few enough for its values. */
const PAGE = 500

function spanBehind(client: TransactionClient, hours: number, at: number): Promise<{ at: number } | null> {
  return client.usageSum.findFirst({ where: { hours, at: { gt: at } }, orderBy: { at: 'asc' }, select: { at: true } })
}

/** There are so many sums of a year that each span is read by itself. */
function sumsOfSpan(hours: number, at: number): Table['copy'] {
  const orderBy = (['providerId', 'apiKeyId', 'model', 'callerId', 'outcome'] as const).map((column) => ({ [column]: 'asc' as const }))
  return byPosition(
    (client, page) => client.usageSum.findMany({ ...page, where: { hours, at }, orderBy }),
    (client, data) => client.usageSum.createMany({ data }),
  )
}

/** How many rows of activity there are. */
export async function countActivity(from: Side): Promise<number> {
  const source = await openSource(from)
  if (source === null) return 0
  try {
    let rows = 0
    for (const { count } of Object.values(tablesFor(source.engine))) rows += await count(readerOf(from, source))
    return rows
  } finally {
    await source.close()
  }
}

/**
 * Copies activity with a database, in the transactions of that copy where it is in the same database. In a file of its own
 * it replaces what an earlier copy, which came to nothing, has left. Returns how many rows each table has.
 */
export async function copyActivity(from: Side, to: Side, told: Told): Promise<Readonly<Record<string, number>>> {
  const source = await openSource(from)
  if (source === null) return {}
  try {
    const target = await openActivity(to.database, () => {})
    const copy = (writer: TransactionClient) => copyTables(readerOf(from, source), writer, target.engine, told)
    try {
      return to.database.file === null ? await copy(to.client) : await target.prisma.$transaction(copy, COPY_TRANSACTION)
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

/** Null where there is none. */
async function openSource({ database }: Side): Promise<Activity | null> {
  const source = await openActivityIfThere(database)
  const location = database.file === null ? null : `file:${activityFile(database.file)}`
  if (source === null && location !== null && isDatabaseThere(location)) throw notUpToDate(location)
  return source
}

function readerOf({ database, client }: Side, { prisma }: Activity): TransactionClient {
  return database.file === null ? client : prisma
}

async function copyTables(
  from: TransactionClient,
  to: TransactionClient,
  engine: Activity['engine'],
  { log, onPage }: Told,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const [name, table] of Object.entries(tablesFor(engine))) {
    await table.clear(to)
    await table.copy(from, to, onPage)
    counts[name] = await table.count(to)
    log(`Copied ${counts[name]} rows of ${name}.`)
  }
  return counts
}
