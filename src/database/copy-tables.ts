import { Prisma } from '../generated/prisma-sqlite/client.ts'
import type { TransactionClient } from './client.ts'

/** How one table gets from one database into another. */
export interface Table {
  count(client: TransactionClient): Promise<number>
  /** @param onPage Is told the number of rows that were just copied. */
  copy(from: TransactionClient, to: TransactionClient, onPage: (rows: number) => Promise<void>): Promise<void>
}

/** Few enough for the parameters of one statement, whatever the table. */
const PAGE = 500

type Write<Row> = (client: TransactionClient, rows: Row[]) => Promise<unknown>

/** Copies a table whose rows have numbers. */
function byNumber<Row extends { number: number }>(
  read: (
    client: TransactionClient,
    page: { take: number; orderBy: { number: 'asc' }; where: { number: { gt: number } } },
  ) => Promise<Row[]>,
  write: Write<Row>,
): Table['copy'] {
  return async (from, to, onPage) => {
    let last: Row | undefined
    do {
      const rows = await read(from, { take: PAGE, orderBy: { number: 'asc' }, where: { number: { gt: last?.number ?? 0 } } })
      if (rows.length > 0) await write(to, rows)
      await onPage(rows.length)
      last = rows.at(-1)
    } while (last !== undefined)
  }
}

/** Copies a table that has a key of another kind; nobody writes to it meanwhile. */
export function byPosition<Row>(
  read: (client: TransactionClient, page: { take: number; skip: number }) => Promise<Row[]>,
  write: Write<Row>,
): Table['copy'] {
  return async (from, to, onPage) => {
    for (let skip = 0; ; skip += PAGE) {
      const rows = await read(from, { take: PAGE, skip })
      if (rows.length === 0) return
      await write(to, rows)
      await onPage(rows.length)
    }
  }
}

/** What `src/activity/` keeps, which is in another file on SQLite and is copied by itself. */
export type ActivityModel = 'LastUse' | 'ModelCall' | 'UsageSum' | 'UsageName'

/** Nothing in the column, which is not the JSON value `null`. */
const json = (value: Prisma.JsonValue) => value ?? Prisma.DbNull

/**
 * Every table, in the order in which rows may refer to each other; it does not compile while one is missing. Sealed
 * texts are copied as they are: nothing here could open them.
 */
export const TABLES: Readonly<Record<Exclude<Prisma.ModelName, ActivityModel>, Table>> = {
  EncryptionKey: {
    count: (client) => client.encryptionKey.count(),
    copy: byPosition(
      (client, page) => client.encryptionKey.findMany({ ...page, orderBy: { kid: 'asc' } }),
      (client, data) => client.encryptionKey.createMany({ data }),
    ),
  },
  AccessToken: {
    count: (client) => client.accessToken.count(),
    copy: byNumber(
      (client, page) => client.accessToken.findMany(page),
      (client, rows) => client.accessToken.createMany({ data: rows.map(({ calls, ...row }) => ({ ...row, calls: json(calls) })) }),
    ),
  },
  Provider: {
    count: (client) => client.provider.count(),
    // The tests that rows point to come later: see `linkLatestTests`.
    copy: byNumber(
      (client, page) => client.provider.findMany(page),
      (client, rows) => {
        const data = rows.map(({ settings, network, extensions, callHeaders, ...row }) => ({
          ...{ ...row, lastConnectionTestId: null },
          ...{ settings: json(settings), network: json(network), extensions: json(extensions), callHeaders: json(callHeaders) },
        }))
        return client.provider.createMany({ data })
      },
    ),
  },
  ApiKey: {
    count: (client) => client.apiKey.count(),
    copy: byNumber(
      (client, page) => client.apiKey.findMany(page),
      (client, rows) => {
        const data = rows.map(({ credentialParts, models, exceptModels, extensions, ...row }) => ({
          ...{ ...row, lastConnectionTestId: null, credentialParts: json(credentialParts), extensions: json(extensions) },
          ...{ models: json(models), exceptModels: json(exceptModels) },
        }))
        return client.apiKey.createMany({ data })
      },
    ),
  },
  ModelList: {
    count: (client) => client.modelList.count(),
    copy: byNumber(
      (client, page) => client.modelList.findMany(page),
      (client, rows) => client.modelList.createMany({ data: rows.map(({ names, ...row }) => ({ ...row, names: names ?? [] })) }),
    ),
  },
  ConnectionTest: {
    count: (client) => client.connectionTest.count(),
    copy: byNumber(
      (client, page) => client.connectionTest.findMany(page),
      (client, data) => client.connectionTest.createMany({ data }),
    ),
  },
  ApiKeySecret: {
    count: (client) => client.apiKeySecret.count(),
    copy: byPosition(
      (client, page) => client.apiKeySecret.findMany({ ...page, orderBy: { apiKeyId: 'asc' } }),
      (client, data) => client.apiKeySecret.createMany({ data }),
    ),
  },
  ProviderSecret: {
    count: (client) => client.providerSecret.count(),
    copy: byPosition(
      (client, page) => client.providerSecret.findMany({ ...page, orderBy: [{ providerId: 'asc' }, { field: 'asc' }] }),
      (client, data) => client.providerSecret.createMany({ data }),
    ),
  },
  ModelRoute: {
    count: (client) => client.modelRoute.count(),
    copy: byNumber(
      (client, page) => client.modelRoute.findMany(page),
      (client, data) => client.modelRoute.createMany({ data }),
    ),
  },
  RouteTarget: {
    count: (client) => client.routeTarget.count(),
    copy: byNumber(
      (client, page) => client.routeTarget.findMany(page),
      (client, data) => client.routeTarget.createMany({ data }),
    ),
  },
  AuditEvent: {
    count: (client) => client.auditEvent.count(),
    copy: byNumber(
      (client, page) => client.auditEvent.findMany(page),
      (client, rows) => client.auditEvent.createMany({ data: rows.map(({ changes, ...row }) => ({ ...row, changes: json(changes) })) }),
    ),
  },
  Revision: {
    count: (client) => client.revision.count(),
    // The migrations made its one row. The events that are copied have revisions up to the old value.
    copy: async (from, to) => {
      for (const { id, value } of await from.revision.findMany()) await to.revision.update({ where: { id }, data: { value } })
    },
  },
}

/** Points providers and keys to their latest tests again, when all of these exist. */
export async function linkLatestTests(from: TransactionClient, to: TransactionClient): Promise<void> {
  const tested = { lastConnectionTestId: { not: null } } as const
  const select = { number: true, id: true, lastConnectionTestId: true } as const
  const providers = byNumber(
    (client, { where, ...page }) => client.provider.findMany({ ...page, where: { ...where, ...tested }, select }),
    async (client, rows) => {
      for (const { id, lastConnectionTestId } of rows)
        await client.provider.update({ where: { id }, data: { lastConnectionTestId }, select: { id: true } })
    },
  )
  const apiKeys = byNumber(
    (client, { where, ...page }) => client.apiKey.findMany({ ...page, where: { ...where, ...tested }, select }),
    async (client, rows) => {
      for (const { id, lastConnectionTestId } of rows)
        await client.apiKey.update({ where: { id }, data: { lastConnectionTestId }, select: { id: true } })
    },
  )
  for (const link of [providers, apiKeys]) await link(from, to, async () => {})
}
