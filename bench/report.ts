import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { drawChart } from './chart.ts'
import type { Comparison, Figures } from './compare.ts'

/** All that `results.json` holds. */
export interface Results {
  readonly machine: { readonly processor: string; readonly cores: number; readonly node: string; readonly generator: string }
  readonly date: string
  readonly rounds: number
  readonly secondsPerRound: number
  readonly comparisons: Readonly<Record<string, Comparison>>
  readonly figures: Readonly<Record<string, number>>
}

const MARK = '<!-- What follows is written by `npm run bench`. -->'
const docs = (name: string) => fileURLToPath(new URL(`../docs/${name}`, import.meta.url))

const TITLES: Readonly<Record<string, string>> = {
  list: 'REST list: 50 providers with 2 keys each',
  one: 'REST one: a provider by name',
  page: 'GraphQL: a page of 20 providers with keys',
  name: 'GraphQL: a provider by name',
  typename: 'GraphQL: `{ __typename }`',
  writes: 'REST list from memory, while providers are changed beside it',
  create: 'Create a provider with a key, 16 connections',
  'size-page': 'A page of 20, cache off, by the number of providers (3 keys each), 4 connections',
  'size-name': 'A provider by name, likewise',
  'size-search': 'A search, likewise',
  'postgresql-list': 'REST list on PostgreSQL',
  'postgresql-page': 'GraphQL page on PostgreSQL',
  'calls-json': 'A model call with a small JSON answer, 8 connections',
  'calls-large': 'A model call with a body of 1 MiB, 4 connections',
  'calls-sse': 'A model call with a stream of 200 chunks, 8 connections',
}

/** Writes the part of `docs/performance.md` that holds figures, and its chart. */
export function writeReport(results: Results): void {
  const path = docs('performance.md')
  const [head = ''] = readFileSync(path, 'utf8').split(MARK)
  const known = Object.entries(TITLES).flatMap(([name, title]) => {
    const comparison = results.comparisons[name]
    return comparison === undefined ? [] : [`### ${title}\n\n${tableOf(comparison)}`]
  })
  const { machine, date, rounds, secondsPerRound } = results
  const where = `Measured on ${date}: ${machine.processor}, ${machine.cores} cores, Node ${machine.node.slice(1)}, ${machine.generator} with 64 connections unless it says otherwise, medians of ${rounds} interleaved rounds of ${secondsPerRound} s; targets for processor time by the round with the least. Load generator and servers share the cores.`
  const chart = '![Requests per second of the gateway and of others](performance.svg)'
  const parts = [chart, '## Targets', targetTable(results), '## All figures', where, ...known, memoryText(results.figures)]
  writeFileSync(path, `${head}${MARK}\n\n${parts.filter((part) => part !== '').join('\n\n')}\n`)
  writeFileSync(docs('performance.svg'), drawChart(results.comparisons))
}

function tableOf(comparison: Comparison): string {
  const rows = Object.entries(comparison).map(([side, { requestsPerSecond, p50Ms, p99Ms, cpuMicros }]) => [
    side,
    grouped(requestsPerSecond),
    `${p50Ms} ms`,
    `${p99Ms} ms`,
    cpuMicros === null ? '' : `${grouped(cpuMicros)} µs`,
  ])
  return markdownTable(['server', 'requests/s', 'p50', 'p99', 'processor time per request'], rows)
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n')
}

const grouped = (value: number) => String(value).replace(/\B(?=(\d{3})+$)/g, ',')

const HIT = 'gateway, from memory'
const MISS = 'gateway, a miss'
const ONE_URL = 'gateway, by the one base URL'
const BUFFER = 'node:http, ready Buffer'
const RAW = 'node:http, prepared SQLite'
const DIRECT = 'the vendor, directly'
const DISPATCH = 'bare Pool.dispatch'
const APOLLO = 'Apollo Server 5, Prisma'

/** A target of the design, and what to say of it. */
interface Target {
  readonly what: string
  readonly wanted: string
  readonly found: number | null
  readonly unit: string
  readonly isMet: (found: number) => boolean
}

/** Directus 12 was measured with the design, where a ready Buffer was given 37,500 times a second; it is not installed here. */
const DIRECTUS_TO_BUFFER = 170 / 37_500

function targetTable(results: Results): string {
  const targets = targetsOf(results).flatMap(({ what, wanted, found, unit, isMet }) =>
    found === null ? [] : [[what, wanted, `${Math.round(found * 100) / 100}${unit}`, isMet(found) ? 'met' : '**not met**']],
  )
  return markdownTable(['what', 'target', 'found', ''], targets)
}

function targetsOf({ comparisons, figures }: Results): Target[] {
  const find = (name: string, side: string): Figures | undefined => comparisons[name]?.[side]
  const ratio = (name: string, side: string, to: string): number | null => {
    const [one, other] = [find(name, side), find(name, to)]
    return one === undefined || other === undefined ? null : one.requestsPerSecond / other.requestsPerSecond
  }
  const atLeast = (what: string, found: number | null, least: number, unit = ' times'): Target => ({
    ...{ what, found, unit },
    wanted: `≥ ${least}${unit}`,
    isMet: (value) => value >= least,
  })
  const below = (what: string, found: number | undefined | null, most: number, unit: string): Target => ({
    ...{ what, unit, found: found ?? null },
    wanted: `≤ ${most}${unit}`,
    isMet: (value) => value <= most,
  })
  const cpuTo = (name: string, to: string, of = 'gateway'): number | null => {
    const [one, other] = [find(name, of)?.leastCpuMicros, find(name, to)?.leastCpuMicros]
    return one && other ? one / other : null
  }
  const slower = (name: string) => ratio(name, '50 providers', '10000 providers')
  const pageToBuffer = ratio('page', HIT, BUFFER)
  return [
    atLeast('REST list from memory, to a ready Buffer', ratio('list', HIT, BUFFER), 0.6),
    atLeast('REST one from memory, to a ready Buffer', ratio('one', HIT, BUFFER), 0.6),
    atLeast('REST list from memory, to prepared statements', ratio('list', HIT, RAW), 10),
    atLeast('REST one from memory, to prepared statements', ratio('one', HIT, RAW), 10),
    atLeast('GraphQL page from memory, to Apollo', ratio('page', HIT, APOLLO), 30),
    atLeast(
      'GraphQL page from memory, to Directus (measured with the design; by way of the ready Buffer)',
      pageToBuffer === null ? null : pageToBuffer / DIRECTUS_TO_BUFFER,
      100,
    ),
    atLeast('REST list, a miss, to Apollo', ratio('list', MISS, APOLLO), 1.3),
    atLeast('GraphQL page, a miss, to Apollo', ratio('page', MISS, APOLLO), 1.3),
    atLeast('create, to prepared statements', ratio('create', 'gateway', RAW), 0.25),
    below('p99 of REST one from memory, 64 connections', figures.p99OfOneMs, 10, ' ms'),
    below('page of 20: 10,000 providers to 50', slower('size-page'), 2, ' times'),
    below('by name: 10,000 providers to 50', slower('size-name'), 2, ' times'),
    below('search: 10,000 providers to 50', slower('size-search'), 2, ' times'),
    below('start to ready, warm', figures.startMs, 1_500, ' ms'),
    below('call with JSON, processor time, to bare Pool.dispatch', cpuTo('calls-json', DISPATCH), 2, ' times'),
    atLeast('call with JSON, to a direct one', ratio('calls-json', 'gateway', DIRECT), 0.2),
    below('call with 200 chunks, processor time, to bare Pool.dispatch', cpuTo('calls-sse', DISPATCH), 1.6, ' times'),
    atLeast('call with 200 chunks, to a direct one', ratio('calls-sse', 'gateway', DIRECT), 0.33),
    atLeast("call with JSON, to Portkey's gateway", ratio('calls-json', 'gateway', 'Portkey gateway'), 8),
    below('call of 1 MiB, processor time, to bare Pool.dispatch', cpuTo('calls-large', DISPATCH), 1.4, ' times'),
    atLeast('call of 1 MiB, to a direct one', ratio('calls-large', 'gateway', DIRECT), 0.25),
    below('GraphQL page beside 200 running streams, p50 to that without', besideStreams(figures), 2, ' times'),
    below('memory of a call that waits for its vendor, 300 at a time', figures.waitingCallKb, 64, ' KiB'),
    below('call by the one base URL, processor time, to one by its provider', cpuTo('calls-json', 'gateway', ONE_URL), 1.25, ' times'),
    below('the same with 200 chunks', cpuTo('calls-sse', 'gateway', ONE_URL), 1.25, ' times'),
    below('memory at rest', figures.memoryAtRestMb, 200, ' MB'),
  ]
}

function besideStreams({ managementIdleMs, managementBesideStreamsMs }: Results['figures']): number | null {
  return managementIdleMs && managementBesideStreamsMs ? managementBesideStreamsMs / managementIdleMs : null
}

function memoryText({ loadMinutes, memoryAtRestMb, memoryInFirstHalfMb, memoryInSecondHalfMb }: Results['figures']): string {
  if (memoryInSecondHalfMb === undefined) return ''
  return `Memory: ${memoryAtRestMb} MB at rest; under ${loadMinutes} minutes of reads with 20 writes a second ${memoryInFirstHalfMb} MB in the first half (median) and ${memoryInSecondHalfMb} MB in the second (\`BENCH_LOAD_MINUTES=10\` makes it longer).`
}
