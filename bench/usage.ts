import { join } from 'node:path'
import Libsql from 'libsql'
import { Client } from 'pg'
import { activityFile, openActivity } from '../src/activity/activity.ts'
import { openDatabase } from '../src/database/client.ts'
import { FIRST_BYTE_COLUMNS } from '../src/usage/first-byte.ts'
import { postgresPrograms, startPostgres } from '../test/support/postgres.ts'
import { medianOf } from './compare.ts'
import type { Findings, Settings } from './scenarios.ts'
import { seed, TOKEN } from './seed.ts'
import { startGateway } from './sides.ts'

/** Stored calls; BENCH_CALLS makes them fewer. They are spread over 60 days. */
const CALLS = Number(process.env.BENCH_CALLS ?? 10_000_000)
const STEP = 100_000
const DAY_MS = 86_400_000
const DAYS = 60
const ASKED_DAYS = 30
/** Each question so often, by turns. */
const ROUNDS = 9

const GROUPS = { DAY: 'at', PROVIDER: 'provider_id', CALLER: 'caller_id', MODEL: 'model' } as const

/** Runs one statement, and knows nothing of the gateway. */
interface PlainSql {
  run(sql: string): Promise<unknown>
  close(): Promise<void>
}

/** The newest calls, and 30 days by day, provider, caller and model, in GraphQL and by a plain query over the sums, on both databases. */
export async function compareUsage({ folder }: Settings): Promise<Findings> {
  const url = `file:${join(folder, 'usage.db')}`
  const figures = await measure('Sqlite', url, () => libsql(activityFile(join(folder, 'usage.db'))))
  if (postgresPrograms === null) return { figures }
  const server = await startPostgres({ durable: true })
  try {
    const postgresql = await server.freshUrl()
    return { figures: { ...figures, ...(await measure('Postgresql', postgresql, () => connect(postgresql))) } }
  } finally {
    await server.stop()
  }
}

async function measure(kind: string, url: string, open: () => Promise<PlainSql>): Promise<Record<string, number>> {
  const now = Date.now()
  await seed(url, 5, 2)
  await fill(url, now)
  const gateway = await startGateway(url)
  const plain = await open()
  try {
    const [from, until] = [now - ASKED_DAYS * DAY_MS, now]
    const range = `from: "${new Date(from).toISOString()}", until: "${new Date(until).toISOString()}"`
    const day = (time: number) => Math.floor(time / DAY_MS) * 24
    const page =
      '{ modelCalls(first: 20) { nodes { startedAt providerName model outcome caller { name } usage { inputTokens outputTokens } } } }'
    const times: Record<string, { graphql: number[]; sql: number[] }> = Object.fromEntries(
      Object.keys(GROUPS).map((by) => [by, { graphql: [], sql: [] }]),
    )
    for (let round = 0; round <= ROUNDS; round++)
      for (const [by, column] of Object.entries(GROUPS)) {
        const question = `{ usage(${range}, by: ${by}) { group calls failed usage { inputTokens outputTokens } } }`
        const sum =
          "SUM(calls), SUM(CASE WHEN outcome IN ('OK', 'CALLER_LEFT') THEN 0 ELSE calls END), SUM(input_tokens), SUM(output_tokens)"
        const statement = `SELECT ${column}, ${sum} FROM usage_sums WHERE hours = 24 AND at >= ${day(from)} AND at < ${day(until)} GROUP BY ${column}`
        const [graphql, sql] = [await timeOf(() => ask(gateway.url, question)), await timeOf(() => plain.run(statement))]
        if (round === 0) continue
        times[by]?.graphql.push(graphql)
        times[by]?.sql.push(sql)
      }
    const newest: number[] = []
    for (let round = 0; round <= ROUNDS; round++) newest.push(await timeOf(() => ask(gateway.url, page)))
    return report(kind, times, medianOf(newest.slice(1)))
  } finally {
    await plain.close()
    await gateway.stop()
  }
}

function report(
  kind: string,
  times: Readonly<Record<string, { graphql: number[]; sql: number[] }>>,
  newestMs: number,
): Record<string, number> {
  const medians = Object.entries(times).map(([by, { graphql, sql }]) => ({ by, graphql: medianOf(graphql), sql: medianOf(sql) }))
  process.stdout.write(`\n${CALLS.toLocaleString('en')} calls on ${kind}: a page of the newest ${newestMs.toFixed(1)} ms\n`)
  for (const { by, graphql, sql } of medians)
    process.stdout.write(
      `  30 days by ${by}: ${graphql.toFixed(1)} ms, plain SQL ${sql.toFixed(1)} ms, ${(graphql / sql).toFixed(2)} times\n`,
    )
  const leastSql = Math.min(...medians.map(({ sql }) => sql))
  const ratios = [...medians.map(({ graphql, sql }) => graphql / sql), newestMs / leastSql]
  return { [`usageTimes${kind}`]: Math.round(Math.max(...ratios) * 100) / 100, [`usagePageMs${kind}`]: Math.round(newestMs * 10) / 10 }
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

async function ask(url: string, query: string): Promise<void> {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
  const text = await (await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })).text()
  if (text.includes('"errors"') || text.length < 100) throw new Error(`${query}: ${text}`)
}

async function libsql(file: string): Promise<PlainSql> {
  const database = new Libsql(file, { readonly: true })
  return { run: async (sql) => database.prepare(sql).all([]), close: async () => void database.close() }
}

async function connect(url: string): Promise<PlainSql> {
  const client = new Client({ connectionString: url })
  await client.connect()
  return { run: (sql) => client.query(sql), close: () => client.end() }
}

/** Makes calls, and their sums of them, by SQL alone. */
async function fill(url: string, now: number): Promise<void> {
  const database = await openDatabase(url)
  const activity = await openActivity(database, () => {})
  const isSqlite = database.kind === 'sqlite'
  // The gateway's own connections to a server end statements that take long.
  const server = isSqlite ? null : await connect(url)
  const run = (sql: string) => server?.run(sql) ?? activity.prisma.$executeRawUnsafe(sql)
  const start = now - DAYS * DAY_MS
  const gap = (DAYS * DAY_MS) / CALLS
  try {
    for (let from = 0; from < CALLS; from += STEP) {
      const numbers = isSqlite
        ? `(WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${Math.min(from + STEP, CALLS)}) SELECT i FROM n)`
        : `(SELECT generate_series(${from}::bigint, ${Math.min(from + STEP, CALLS) - 1}) AS i)`
      await run(`INSERT INTO model_calls ${callsOf(numbers, isSqlite, start, gap)}`)
    }
    const hour = isSqlite
      ? "CAST(strftime('%s', started_at) AS INTEGER) / 3600"
      : 'CAST(floor(extract(epoch FROM started_at) / 3600) AS INTEGER)'
    await run(sumsOf(1, hour))
    await run(sumsOf(24, `(${hour}) / 24 * 24`))
    await run(isSqlite ? 'ANALYZE' : 'ANALYZE model_calls, usage_sums')
  } finally {
    await server?.close()
    await activity.close()
    await database.close()
  }
}

/** Fifty callers, each with one provider, two keys and four models; one call in fifty fails. */
function callsOf(numbers: string, isSqlite: boolean, start: number, gap: number): string {
  const time = `CAST(${start} + i * ${gap} AS ${isSqlite ? 'INTEGER' : 'BIGINT'})`
  const hex = (value: string, digits: number) => (isSqlite ? `printf('%0${digits}x', ${value})` : `lpad(to_hex(${value}), ${digits}, '0')`)
  const id = `${hex('t / 65536', 8)} || '-' || ${hex('t % 65536', 4)} || '-7000-8000-' || ${hex('i', 12)}`
  const startedAt = isSqlite
    ? "strftime('%Y-%m-%dT%H:%M:%f', t / 1000.0, 'unixepoch') || '+00:00'"
    : "to_timestamp(t / 1000.0) AT TIME ZONE 'UTC'"
  const columns = [
    ...[`${id} AS id`, `${startedAt} AS started_at`, "'provider-' || (i % 5) AS provider_id", "'provider-' || (i % 5) AS provider_name"],
    ...["'OPENAI' AS provider_type", "'key-' || (i % 5) || (i % 2) AS api_key_id", "'sk-b...' || (i % 5) || (i % 2) AS api_key_masked"],
    ...["'TOKEN' AS caller_kind", "'caller-' || (i % 50) AS caller_id", "'caller-' || (i % 50) AS caller_name", 'NULL AS route'],
    ...["'CHAT' AS kind", "'model-' || (i % 5) || '-' || ((i / 50) % 4) AS model", 'NULL AS answered_model'],
    ...[
      `${isSqlite ? '1' : 'true'} AS streamed`,
      "CASE WHEN i % 53 = 0 THEN 'VENDOR_ERROR' ELSE 'OK' END AS outcome",
      '200 AS http_status',
    ],
    ...[
      '1 AS attempts',
      '200 + i % 900 AS first_byte_ms',
      '1200 + i % 900 AS duration_ms',
      '2000 AS request_bytes',
      '9000 AS response_bytes',
    ],
    ...["'REPORTED' AS usage_source", '1000 + i % 77 AS input_tokens', '0 AS cached_input_tokens', '0 AS cache_write_tokens'],
    ...['200 + i % 33 AS output_tokens', '0 AS reasoning_tokens', "'bench/1.0' AS client", 'NULL AS vendor_request_id'],
  ]
  return `SELECT ${columns.join(', ')} FROM (SELECT i, ${time} AS t FROM ${numbers} AS numbers) AS timed`
}

function sumsOf(hours: number, at: string): string {
  const key = ['provider_id', 'api_key_id', 'model', 'caller_id', 'outcome']
  const tokens = ['input_tokens', 'cached_input_tokens', 'cache_write_tokens', 'output_tokens', 'reasoning_tokens']
  const classes = FIRST_BYTE_COLUMNS.map((_, index) => `SUM(CASE WHEN first_byte_ms % 24 = ${index} THEN 1 ELSE 0 END)`)
  const values = [...key, 'count(*)', '0', ...tokens.map((column) => `SUM(${column})`), ...classes]
  return `INSERT INTO usage_sums (hours, at, ${key.join(', ')}, calls, missing_usage, ${tokens.join(', ')}, ${FIRST_BYTE_COLUMNS.join(', ')})
    SELECT ${hours}, ${at} AS span, ${values.join(', ')} FROM model_calls GROUP BY span, ${key.join(', ')}`
}
