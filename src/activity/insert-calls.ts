import type { Database, TransactionClient } from '../database/client.ts'
import { snakeCase } from '../database/insert-row.ts'
import { type ModelCall, Prisma } from '../generated/prisma-sqlite/client.ts'

type Field = keyof ModelCall

/** What many calls have in common, taken together. */
const SHARED: readonly Field[] = [
  ...(['providerId', 'providerName', 'providerType', 'apiKeyId', 'apiKeyMasked', 'callerKind', 'callerId', 'callerName'] as const),
  ...(['route', 'kind', 'model', 'answeredModel', 'streamed', 'outcome', 'httpStatus', 'attempts', 'usageSource', 'client'] as const),
]
const OWN: readonly Field[] = Object.values(Prisma.ModelCallScalarFieldEnum).filter((field) => !SHARED.includes(field))
const TABLE = { table: 'model_calls', own: OWN.map(snakeCase), shared: SHARED.map(snakeCase) }

/** Inserts calls by one statement. Their texts are without U+0000 and half characters. */
export async function insertCalls(
  { insertMany }: Pick<Database['engine'], 'insertMany'>,
  transaction: TransactionClient,
  calls: readonly ModelCall[],
): Promise<void> {
  if (calls.length === 0) return
  const rows = calls.map((call) => ({ own: OWN.map((field) => toJson(call[field])), shared: SHARED.map((field) => call[field]) }))
  await insertMany(transaction, { ...TABLE, rows })
}

/** Times as the client stores them. */
function toJson(value: ModelCall[Field]): unknown {
  return value instanceof Date ? value.toISOString().replace('Z', '+00:00') : value
}
