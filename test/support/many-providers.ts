import type { Database } from '../../src/database/client.ts'
import { withStore } from './store.ts'

interface Wanted {
  readonly count: number
  /** Keys of each provider. */
  readonly keys?: number
  /** The number of the first one; 1 when left out. */
  readonly from?: number
  /** Stands in front of their numbers in their names. */
  readonly stem?: string
}

/** Thousands of providers in a moment, with keys that have masks but no secrets: `bulk-0000001` and so on. */
export function insertProviders(gateway: { readonly databaseUrl: string }, wanted: Wanted): Promise<void> {
  const dialect = gateway.databaseUrl.startsWith('file:') ? SQLITE : POSTGRESQL
  return withStore(gateway, (store) => insert(store, dialect, wanted))
}

/** Lets each key of `insertProviders` have been tested once, with one model: `model-0000001` and so on. */
export function insertModels(gateway: { readonly databaseUrl: string }): Promise<void> {
  const { jsonList, status } = gateway.databaseUrl.startsWith('file:') ? SQLITE : POSTGRESQL
  return withStore(gateway, async (store) => {
    await store.$executeRawUnsafe(`INSERT INTO model_lists (id, provider_id, names)
      SELECT 'list-' || id, id, ${jsonList("'model-' || substr(id, 30)")} FROM providers`)
    await store.$executeRawUnsafe(`INSERT INTO connection_tests
      (id, provider_id, api_key_id, status, message, http_status, key_verified, duration_ms, model_count, model_list_id, tested_at)
      SELECT 'test-' || id, provider_id, id, ${status('OK')}, 'It lists 1 model.', 200, true, 1, 1, 'list-' || provider_id, created_at FROM api_keys`)
    await store.$executeRawUnsafe("UPDATE api_keys SET last_connection_test_id = 'test-' || id")
    await store.$executeRawUnsafe('UPDATE revisions SET value = value + 1')
  })
}

const SQLITE = {
  pad: (number: string, width: number) => `substr('000000000000' || ${number}, -${width})`,
  time: (seconds: string) => `strftime('%Y-%m-%dT%H:%M:%S.000+00:00', 1767225600 + ${seconds}, 'unixepoch')`,
  type: "'OPENAI'",
  status: (status: string) => `'${status}'`,
  jsonList: (item: string) => `json_array(${item})`,
}
const POSTGRESQL: typeof SQLITE = {
  pad: (number, width) => `lpad((${number})::text, ${width}, '0')`,
  time: (seconds) => `timestamp '2026-01-01 00:00:00' + ${seconds} * interval '1 second'`,
  type: `'OPENAI'::"ProviderType"`,
  status: (status) => `'${status}'::"ConnectionStatus"`,
  jsonList: (item) => `json_build_array(${item})`,
}

async function insert(store: Database['prisma'], { pad, time, type }: typeof SQLITE, { count, keys = 0, from = 1, stem = 'bulk' }: Wanted) {
  const series = (name: string, to: number, first = 1) =>
    `${name} (i) AS (SELECT ${first} UNION ALL SELECT i + 1 FROM ${name} WHERE i < ${to})`
  const providerId = (number: string) => `'00000000-0000-4000-8000-' || ${pad(number, 12)}`
  const name = `'${stem}-' || ${pad('n.i', 7)}`
  await store.$executeRawUnsafe(`WITH RECURSIVE ${series('n', from + count - 1, from)}
    INSERT INTO providers (id, name, sort_name, search_text, type, base_url, enabled, created_at, updated_at)
    SELECT ${providerId('n.i')}, ${name}, ${name}, ${name}, ${type}, 'https://' || ${pad('n.i', 7)} || '.example.com/v1', true, ${time('n.i')}, ${time('n.i')} FROM n`)
  if (keys > 0)
    await store.$executeRawUnsafe(`WITH RECURSIVE ${series('n', from + count - 1, from)}, ${series('k', keys)}
      INSERT INTO api_keys (id, provider_id, masked, enabled, weight, created_at)
      SELECT '0000' || ${pad('k.i', 4)} || '-0000-4000-9000-' || ${pad('n.i', 12)}, ${providerId('n.i')}, 'sk-b...aaaa', true, 1, ${time('n.i')} FROM n, k`)
  await store.$executeRawUnsafe('UPDATE revisions SET value = value + 1')
}
