import type { TransactionClient } from '../database/client.ts'
import { type ActivityModel, byPosition, type Table } from '../database/copy-tables.ts'
import { COPY_TRANSACTION, type Side } from '../database/migrate-data.ts'
import { openActivity, openActivityIfThere } from './activity.ts'

/** Every table of activity; it does not compile while one is missing. */
const TABLES: Readonly<Record<ActivityModel, Table & { clear(client: TransactionClient): Promise<unknown> }>> = {
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
    copy: async (from, to) => {
      let last = ''
      for (;;) {
        const data = await from.modelCall.findMany({ where: { id: { gt: last } }, orderBy: { id: 'asc' }, take: PAGE })
        if (data.length > 0) await to.modelCall.createMany({ data })
        if (data.length < PAGE) return
        last = data.at(-1)?.id ?? ''
      }
    },
  },
  UsageSum: {
    count: (client) => client.usageSum.count(),
    clear: (client) => client.usageSum.deleteMany(),
    copy: async (from, to) => {
      for (const hours of [1, 24])
        for (let span = await spanBehind(from, hours, -1); span !== null; span = await spanBehind(from, hours, span.at))
          await sumsOfSpan(hours, span.at)(from, to, async () => {})
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
}

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

/**
 * Copies activity with a database, in the transactions of that copy where it is in the same database. In a file of its own
 * it replaces what an earlier copy, which came to nothing, has left. Returns how many rows each table has.
 */
export async function copyActivity(from: Side, to: Side): Promise<Readonly<Record<string, number>>> {
  const source = await openActivityIfThere(from.database)
  if (source === null) return {}
  try {
    const target = await openActivity(to.database, () => {})
    try {
      const reader = from.database.file === null ? from.client : source.prisma
      if (to.database.file === null) return await copyTables(reader, to.client)
      return await target.prisma.$transaction((writer) => copyTables(reader, writer), COPY_TRANSACTION)
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

async function copyTables(from: TransactionClient, to: TransactionClient): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const [name, table] of Object.entries(TABLES)) {
    await table.clear(to)
    await table.copy(from, to, async () => {})
    counts[name] = await table.count(to)
  }
  return counts
}
