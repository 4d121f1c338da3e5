import { Prisma } from '../generated/prisma-sqlite/client.ts'
import type { TransactionClient } from './client.ts'

/** The rows that are inserted so often that what the client adds to each of them counts. */
interface Rows {
  readonly provider: Prisma.ProviderCreateManyInput
  readonly apiKey: Prisma.ApiKeyCreateManyInput
  readonly apiKeySecret: Prisma.ApiKeySecretCreateManyInput
  readonly auditEvent: Prisma.AuditEventCreateManyInput
}

/** Each column has its value, or an expression that gives it; those with a default may be undefined, and take it. */
type Row<Columns> = {
  readonly [Name in keyof Columns]: Exclude<Columns[Name], Prisma.NullableJsonNullValueInput> | Prisma.Sql | Absent<Columns, Name>
}
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
  const given = Object.entries(row).filter(([, value]) => value !== undefined)
  const columns = given.map(([field]) => snakeCase(field)).join(', ')
  const values = given.map(([, value]) => (isStructure(value) ? JSON.stringify(value) : value))
  await transaction.$executeRaw`INSERT INTO ${Prisma.raw(`${snakeCase(model)}s`)} (${Prisma.raw(columns)}) VALUES (${Prisma.join(values)})`
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** Whether a value goes into a column of JSON. */
function isStructure(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof Date) && !(value instanceof Prisma.Sql)
}
