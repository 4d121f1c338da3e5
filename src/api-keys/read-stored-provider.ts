import type { TransactionClient } from '../database/client.ts'
import { snakeCase } from '../database/insert-row.ts'
import { type ApiKey, type ApiKeySecret, Prisma, type Provider, type ProviderSecret } from '../generated/prisma-sqlite/client.ts'
import type { StoredKeys } from './plan-key-changes.ts'

/** A live provider with its keys and all that is sealed of it, in one state of the data; nothing is opened. */
export interface StoredProvider {
  readonly provider: Provider
  readonly stored: StoredKeys
}

type Row = Readonly<Record<string, unknown>>

/** The columns of a table: how a statement reads them, and how they are found in a row of its answer. */
interface Columns<Model> {
  readonly read: readonly string[]
  readonly names: readonly (readonly [field: string, name: string])[]
  /** Never there: says of what model the columns are. */
  readonly model?: Model
}

function columnsOf<Model>(table: string, fields: Readonly<Record<keyof Model, string>>): Columns<Model> {
  const names = Object.values<string>(fields).map((field) => [field, `${table}.${field}`] as const)
  return { names, read: names.map(([field, name]) => `${table}.${snakeCase(field)} AS "${name}"`) }
}

const PROVIDER = columnsOf<Provider>('providers', Prisma.ProviderScalarFieldEnum)
const API_KEY = columnsOf<ApiKey>('api_keys', Prisma.ApiKeyScalarFieldEnum)
const KEY_SECRET = columnsOf<ApiKeySecret>('api_key_secrets', Prisma.ApiKeySecretScalarFieldEnum)
const OTHER_SECRET = columnsOf<ProviderSecret>('provider_secrets', Prisma.ProviderSecretScalarFieldEnum)
const ALL = Prisma.raw([PROVIDER, API_KEY, KEY_SECRET, OTHER_SECRET].flatMap(({ read }) => read).join(', '))

/**
 * Reads a live provider and all that belongs to it by one statement, which sees one state of the data; null when there is
 * none. Its answer has a row for the provider, one for each key with its secret, and one for each other secret: so nothing
 * comes twice, and every column keeps its type.
 */
export async function readStoredProvider(
  client: TransactionClient,
  ref: { readonly id: string } | { readonly name: string },
): Promise<StoredProvider | null> {
  const owner = Prisma.sql`p.deleted_at IS NULL AND ${'id' in ref ? Prisma.sql`p.id = ${ref.id}` : Prisma.sql`p.name = ${ref.name}`}`
  const rows = await client.$queryRaw<Row[]>`
    SELECT ${ALL} FROM (
      SELECT p.number AS provider, CAST(NULL AS INTEGER) AS api_key, CAST(NULL AS TEXT) AS owner, CAST(NULL AS TEXT) AS field
      FROM providers p WHERE ${owner}
      UNION ALL SELECT NULL, k.number, NULL, NULL FROM providers p JOIN api_keys k ON k.provider_id = p.id WHERE ${owner}
      UNION ALL SELECT NULL, NULL, p.id, s.field FROM providers p JOIN provider_secrets s ON s.provider_id = p.id WHERE ${owner}
    ) part
    LEFT JOIN providers ON providers.number = part.provider
    LEFT JOIN api_keys ON api_keys.number = part.api_key
    LEFT JOIN api_key_secrets ON api_key_secrets.api_key_id = api_keys.id
    LEFT JOIN provider_secrets ON provider_secrets.provider_id = part.owner AND provider_secrets.field = part.field
    ORDER BY part.api_key`
  const [provider] = modelsIn(rows, PROVIDER)
  if (provider === undefined) return null
  const keys = modelsIn(rows, API_KEY)
  const sealed = {
    keys: new Map(modelsIn(rows, KEY_SECRET).map((secret) => [secret.apiKeyId, secret])),
    fields: new Map(modelsIn(rows, OTHER_SECRET).map((secret) => [secret.field, secret])),
  }
  return { provider, stored: { rows: { provider, keys }, keys, sealed } }
}

/** The rows that have columns of a table: those of a row that is there are not all null. */
function modelsIn<Model>(rows: readonly Row[], { names }: Columns<Model>): Model[] {
  const [[, first] = ['', '']] = names
  return rows.flatMap((row) => {
    if (row[first] === null) return []
    const model: Model = Object.fromEntries(names.map(([field, name]): readonly unknown[] => [field, row[name]]))
    return [model]
  })
}
