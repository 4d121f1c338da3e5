import { readExtensions } from '../../api-keys/extensions.ts'
import type { Database, TransactionClient } from '../../database/client.ts'
import { isDamaged, toUnavailable } from '../../database/failures.ts'
import { snakeCase } from '../../database/insert-row.ts'
import { readCredentialParts } from '../../destination/stored-rows.ts'
import { Fault } from '../../errors.ts'
import { Prisma } from '../../generated/prisma-sqlite/client.ts'
import { readBedrockSettings } from '../../providers/bedrock-settings.ts'
import { readCallHeaders as readNames } from '../../providers/call-settings.ts'
import { readModelNames } from '../../providers/model-lists.ts'
import { readNetworkConfig } from '../../providers/network-config.ts'
import { printable } from '../output.ts'
import { ailing, type Finding, fine } from './finding.ts'

type Row = Readonly<Record<string, unknown>>
type Columns = Readonly<Record<string, true>>

interface Query {
  readonly skip: number
  readonly take: number
  readonly orderBy: Record<string, 'asc'>[]
  readonly select: Columns
}

interface Table {
  readonly columns: Columns
  /** The columns of its order, which no two rows share. */
  readonly key: readonly string[]
  /** The columns by which people know a row. */
  readonly label: readonly string[]
  /** Read what a column of JSON holds; they throw where it is of another shape. */
  readonly shapes?: Readonly<Record<string, (column: unknown) => unknown>>
  read(client: TransactionClient, query: Query): Promise<Row[]>
}

/** Rows that are read together. */
const PAGE = 1_000
/** What is named of a database that is damaged throughout. */
const MOST = 20

const columns = (fields: Readonly<Record<string, string>>): Columns => Object.fromEntries(Object.keys(fields).map((field) => [field, true]))
const NUMBERED = { key: ['number'], label: ['id', 'name'] } as const
const UNNAMED = { key: ['number'], label: ['id'] } as const

/** Every table but those of secrets, which are opened for a check of their own, and of activity. */
const TABLES: Readonly<Record<string, Table>> = {
  providers: {
    ...NUMBERED,
    columns: columns(Prisma.ProviderScalarFieldEnum),
    shapes: { network: readNetworkConfig, settings: readBedrockSettings, callHeaders: readNames, extensions: readExtensions },
    read: (client, query) => client.provider.findMany(query),
  },
  api_keys: {
    ...NUMBERED,
    columns: columns(Prisma.ApiKeyScalarFieldEnum),
    shapes: { credentialParts: readCredentialParts, models: readNames, exceptModels: readNames, extensions: readExtensions },
    read: (client, query) => client.apiKey.findMany(query),
  },
  encryption_keys: {
    ...{ key: ['kid'], label: ['kid'] },
    columns: columns(Prisma.EncryptionKeyScalarFieldEnum),
    read: (client, query) => client.encryptionKey.findMany(query),
  },
  access_tokens: {
    ...NUMBERED,
    columns: columns(Prisma.AccessTokenScalarFieldEnum),
    read: (client, query) => client.accessToken.findMany(query),
  },
  model_routes: {
    ...NUMBERED,
    columns: columns(Prisma.ModelRouteScalarFieldEnum),
    read: (client, query) => client.modelRoute.findMany(query),
  },
  route_targets: {
    ...UNNAMED,
    columns: columns(Prisma.RouteTargetScalarFieldEnum),
    read: (client, query) => client.routeTarget.findMany(query),
  },
  connection_tests: {
    ...UNNAMED,
    columns: columns(Prisma.ConnectionTestScalarFieldEnum),
    read: (client, query) => client.connectionTest.findMany(query),
  },
  model_lists: {
    ...UNNAMED,
    columns: columns(Prisma.ModelListScalarFieldEnum),
    shapes: { names: readModelNames },
    read: (client, query) => client.modelList.findMany(query),
  },
  audit_events: {
    ...UNNAMED,
    columns: columns(Prisma.AuditEventScalarFieldEnum),
    read: (client, query) => client.auditEvent.findMany(query),
  },
}

/** Something else may have written what the gateway cannot read: says where it is, and no value, which may be a secret. */
export async function checkRows(database: Database): Promise<Finding> {
  const places: string[] = []
  for (const [name, table] of Object.entries(TABLES)) {
    if (places.length >= MOST) break
    for await (const place of damageIn(database, name, table)) if (places.push(place) >= MOST) break
  }
  if (places.length === 0) return fine('rows', 'all can be read')
  return ailing(
    'rows',
    `The gateway cannot read these columns, which something else has written. Correct them, or restore a backup:\n${places.join('\n')}`,
  )
}

async function* damageIn(database: Database, name: string, table: Table): AsyncGenerator<string> {
  for (let skip = 0; ; skip += PAGE) {
    const rows = await readable(database.prisma, table, { skip, take: PAGE })
    if (rows === null) yield* halved(database, name, table, { skip, take: PAGE })
    else if (rows.length < PAGE) return
  }
}

interface Range {
  readonly skip: number
  readonly take: number
}

/** Looks for the rows of a range that cannot be read as a whole. */
async function* halved(database: Database, name: string, table: Table, { skip, take }: Range): AsyncGenerator<string> {
  if (take === 1) {
    const place = await database.snapshot((client) => placeOf(client, name, table, skip))
    if (place !== null) yield place
    return
  }
  const half = Math.ceil(take / 2)
  for (const part of [
    { skip, take: half },
    { skip: skip + half, take: take - half },
  ])
    if ((await readable(database.prisma, table, part)) === null) yield* halved(database, name, table, part)
}

/** Null also where the row was deleted meanwhile, and the one in its place can be read. */
async function placeOf(client: TransactionClient, name: string, table: Table, skip: number): Promise<string | null> {
  const read = (column: string) => readable(client, table, { skip, take: 1 }, { [column]: true })
  const damaged: string[] = []
  for (const column of Object.keys(table.columns)) if ((await read(column)) === null) damaged.push(snakeCase(column))
  if (damaged.length === 0) return null
  const label: string[] = []
  for (const column of table.label) label.push(String((await read(column))?.[0]?.[column] ?? '?'))
  return `${name} ${printable(label.join(' '))}: ${damaged.join(', ')}`
}

/** The rows; null where one of them cannot be read. */
async function readable(client: TransactionClient, table: Table, range: Range, select = table.columns): Promise<Row[] | null> {
  const { key, shapes = {} } = table
  try {
    const rows = await table.read(client, { ...range, select, orderBy: key.map((column) => ({ [column]: 'asc' })) })
    for (const row of rows) for (const [column, parse] of Object.entries(shapes)) if (column in row) parse(row[column])
    return rows
  } catch (error) {
    if (isDamaged(error) || toUnavailable(error) instanceof Fault) throw error
    return null
  }
}
