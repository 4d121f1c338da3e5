import { Prisma } from '../generated/prisma-sqlite/client.ts'
import type { TransactionClient } from './client.ts'

/** The rows that are inserted so often that what the client adds to each of them counts. */
interface Rows {
  readonly provider: Prisma.ProviderCreateManyInput
  readonly apiKey: Prisma.ApiKeyCreateManyInput
  readonly apiKeySecret: Prisma.ApiKeySecretCreateManyInput
  readonly providerSecret: Prisma.ProviderSecretCreateManyInput
  readonly modelRoute: Prisma.ModelRouteCreateManyInput
  readonly routeTarget: Prisma.RouteTargetCreateManyInput
  readonly auditEvent: Prisma.AuditEventCreateManyInput
  readonly connectionTest: Prisma.ConnectionTestCreateManyInput
  readonly modelList: Prisma.ModelListCreateManyInput
  readonly usageName: Prisma.UsageNameCreateManyInput
}

/** Each column has its value, or an expression that gives it; those with a default may be undefined, and take it. */
type Row<Columns> = {
  readonly [Name in keyof Columns]:
    | Exclude<Columns[Name], Prisma.NullableJsonNullValueInput>
    | JsonIn<Columns[Name]>
    | Prisma.Sql
    | Absent<Columns, Name>
}
/** What was read from a column of JSON, null included. */
type JsonIn<Column> = Prisma.NullableJsonNullValueInput extends Column ? Prisma.JsonValue : never
type Absent<Columns, Name extends keyof Columns> = object extends Pick<Columns, Name> ? undefined : never

/**
 * Inserts a row by a statement of its own. Prisma's `create` plans each insert anew and reads the row back, which nobody
 * needs here: of a new provider with a key that was nearly half of the time. Tables and columns are called as in
 * `schema.prisma`: like the model and its fields, in snake case.
 */
export async function insertRow<Model extends keyof Rows>(
  transaction: TransactionClient,
  model: Model,
  row: Row<Rows[Model]>,
): Promise<void> {
  await insertRows(transaction, model, [row])
}

/**
 * Inserts rows by one statement, however many they are; each must state the same columns.
 * @param key The columns by which a row is known: those that are there already are changed to what is given, but for `number`.
 */
export async function insertRows<Model extends keyof Rows>(
  transaction: TransactionClient,
  model: Model,
  rows: readonly Row<Rows[Model]>[],
  key: readonly string[] = [],
): Promise<void> {
  if (rows.length > 0) await transaction.$executeRaw(insertStatement(model, rows, key))
}

/** The statement that inserts rows, to be gone on with. There is at least one. */
export function insertStatement<Model extends keyof Rows>(
  model: Model,
  rows: readonly Row<Rows[Model]>[],
  key: readonly string[] = [],
): Prisma.Sql {
  const fields = Object.entries(rows[0] ?? {}).flatMap(([field, value]) => (value === undefined ? [] : [field]))
  const columns = fields.map(snakeCase)
  const values = rows.map((row) => Prisma.sql`(${Prisma.join(fields.map((field) => toColumn(Reflect.get(row, field))))})`)
  const changes = columns.filter((column) => !key.includes(column)).map((column) => `${column} = excluded.${column}`)
  const conflict = key.length === 0 ? '' : `ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${changes.join(', ')}`
  return Prisma.sql`
    INSERT INTO ${Prisma.raw(`${snakeCase(model)}s`)} (${Prisma.raw(columns.join(', '))}) VALUES ${Prisma.join(values)} ${Prisma.raw(conflict)}`
}

function toColumn(value: unknown): unknown {
  return isStructure(value) ? JSON.stringify(value) : value
}

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** Whether a value goes into a column of JSON. */
function isStructure(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof Date) && !(value instanceof Prisma.Sql)
}
