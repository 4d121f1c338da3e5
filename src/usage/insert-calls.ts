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
const COLUMNS = Prisma.raw([...OWN, ...SHARED].map(snakeCase).join(', '))

/**
 * Inserts calls by one statement that takes them as JSON, in one or two parameters: with one for each value, what passes them on
 * takes twice the time of the database itself. Their texts are without U+0000 and half characters.
 */
export async function insertCalls(transaction: TransactionClient, kind: Database['kind'], calls: readonly ModelCall[]): Promise<void> {
  if (calls.length > 0) await transaction.$executeRaw(kind === 'sqlite' ? fromArrays(calls) : fromObjects(calls))
}

/** SQLite takes long to find a value in JSON, so what calls have in common is found once. */
function fromArrays(calls: readonly ModelCall[]): Prisma.Sql {
  const numbers = new Map<string, number>()
  const rows = calls.map((call) => {
    const text = JSON.stringify(SHARED.map((field) => call[field]))
    const number = numbers.get(text) ?? numbers.size
    numbers.set(text, number)
    return [...OWN.map((field) => toJson(call[field])), number]
  })
  return Prisma.sql`
    WITH shared AS MATERIALIZED (SELECT key AS number, ${SHARED_COLUMNS} FROM json_each(${`[${[...numbers.keys()].join(',')}]`}))
    INSERT INTO model_calls (${COLUMNS})
    SELECT ${VALUES} FROM json_each(${JSON.stringify(rows)}) CROSS JOIN shared ON shared.number = value ->> ${Prisma.raw(`${OWN.length}`)}`
}

const SHARED_COLUMNS = Prisma.raw(SHARED.map((field, index) => `value ->> ${index} AS ${snakeCase(field)}`).join(', '))
const VALUES = Prisma.raw(
  [...OWN.map((_, index) => `value ->> ${index}`), ...SHARED.map((field) => `shared.${snakeCase(field)}`)].join(', '),
)

function fromObjects(calls: readonly ModelCall[]): Prisma.Sql {
  const columns = [...OWN, ...SHARED].map((field) => [field, snakeCase(field)] as const)
  const rows = calls.map((call) => Object.fromEntries(columns.map(([field, column]) => [column, toJson(call[field])])))
  return Prisma.sql`
    INSERT INTO model_calls (${COLUMNS})
    SELECT ${COLUMNS} FROM json_populate_recordset(NULL::model_calls, ${JSON.stringify(rows)}::json)`
}

/** Times as the client stores them. */
function toJson(value: ModelCall[Field]): unknown {
  return value instanceof Date ? value.toISOString().replace('Z', '+00:00') : value
}
