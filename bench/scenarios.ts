import { mkdirSync, rmSync } from 'node:fs'
import { Client } from 'pg'
import { postgresPrograms, startPostgres } from '../test/support/postgres.ts'
import { compareCalls, measureWaitingCalls } from './calls.ts'
import { type Comparison, compare, medianOf, type Round } from './compare.ts'
import { drive, driveCreates, type Load, type Measured, memoryDuring, memoryMegabytes } from './drive.ts'
import { type BenchRequest, QUESTIONS, type Question, type QuestionName } from './requests.ts'
import { seed, seededFile, TOKEN } from './seed.ts'
import { type Side, startGateway, startPeer } from './sides.ts'
import { compareUsage } from './usage.ts'

export interface Settings {
  readonly folder: string
  readonly seconds: number
  readonly rounds: number
}

/** What a scenario found: comparisons by their titles, and single figures. */
export interface Findings {
  readonly comparisons?: Readonly<Record<string, Comparison>>
  readonly figures?: Readonly<Record<string, number>>
}

type Scenario = (settings: Settings) => Promise<Findings>

const CONNECTIONS = 64
const NO_CACHE = { CACHE_MAX_BYTES: '0' }
/** No answer fits, so each is a miss; who a token belongs to is known from memory, as at any miss. */
const NO_ROOM = { CACHE_MAX_BYTES: '1' }
const TAIL_SECONDS = 15
/** A round has some hundred creates, and V8 goes on compiling what they run for some thousand. */
const CREATES_UNCOUNTED_SECONDS = 15
/** What the measurements of the design had: 50 providers with 2 keys each. */
const USUAL = { providers: 50, keys: 2 }

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  reads: compareReads,
  writes: readsBesideWrites,
  create: compareCreates,
  sizes: compareSizes,
  postgresql: comparePostgresql,
  start: measureStart,
  calls: compareCalls,
  waiting: measureWaitingCalls,
  usage: compareUsage,
}

/** Every question to every server, all over copies of one SQLite file. */
async function compareReads(settings: Settings): Promise<Findings> {
  const file = (name: string) => seededFile(settings.folder, name, USUAL.providers, USUAL.keys)
  const hit = await startGateway(`file:${await file('hit')}`)
  const miss = await startGateway(`file:${await file('miss')}`, NO_ROOM)
  const off = await startGateway(`file:${await file('off')}`, NO_CACHE)
  const buffer = await startPeer('ready-buffer', '', await readyBodies(hit))
  const raw = await startPeer('raw-sqlite', await file('raw'))
  const apollo = await startPeer('apollo', await file('apollo'))
  const mercurius = await startPeer('mercurius', await file('mercurius'))
  const sides = { hit, miss, off, buffer, raw, apollo, mercurius }
  try {
    const comparisons: Record<string, Comparison> = {}
    for (const [name, question] of Object.entries(QUESTIONS)) {
      if (name === 'search') continue
      comparisons[name] = await compare(question.title, readsOf(sides, question, settings), settings.rounds)
    }
    return { comparisons, figures: { p99OfOneMs: await slowestOfOne(hit, settings.rounds) } }
  } finally {
    await stopAll(Object.values(sides))
  }
}

/** What 99 of 100 readers of one provider wait at most. One pause in a short round would be all of its slowest hundredth. */
async function slowestOfOne({ url, pid }: Side, rounds: number): Promise<number> {
  const found: number[] = []
  while (found.length < rounds)
    found.push((await drive(url, [pid], QUESTIONS.one.rest, { seconds: TAIL_SECONDS, connections: CONNECTIONS })).p99Ms)
  process.stdout.write(`\nREST one, p99 of rounds of ${TAIL_SECONDS} s: ${found.join(', ')} ms\n`)
  return medianOf(found)
}

const LABELS = {
  hit: 'gateway, from memory',
  miss: 'gateway, a miss',
  off: 'gateway, cache off',
  buffer: 'node:http, ready Buffer',
  raw: 'node:http, prepared SQLite',
  apollo: 'Apollo Server 5, Prisma',
  mercurius: 'mercurius + jit, Prisma',
} as const

function readsOf(sides: Readonly<Record<keyof typeof LABELS, Side>>, question: Question, settings: Settings): Record<string, Round> {
  const own = question.rest ?? question.graphql
  const speaksRest = (side: string) => side !== 'apollo' && side !== 'mercurius'
  return Object.fromEntries(
    Object.entries(sides).map(([side, { url, pid }]) => {
      const request = speaksRest(side) ? own : question.graphql
      return [
        LABELS[side as keyof typeof LABELS],
        () => drive(url, [pid], request, { seconds: settings.seconds, connections: CONNECTIONS }),
      ]
    }),
  )
}

/** The bytes that the gateway answers with, by what asks for them. */
async function readyBodies({ url }: Side): Promise<string> {
  const bodies: Record<string, string> = {}
  for (const { rest, graphql } of Object.values<Question>(QUESTIONS)) {
    const request = rest ?? graphql
    bodies[request.body ?? request.path] = await ask(url, request)
  }
  return JSON.stringify(bodies)
}

async function ask(url: string, { method, path, body }: BenchRequest): Promise<string> {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
  const response = await fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) })
  const text = await response.text()
  if (!response.ok || text.includes('"errors"')) throw new Error(`${path} answered ${response.status}: ${text}`)
  return text
}

/** The list from memory, while so many providers a second are created and deleted beside it. */
async function readsBesideWrites(settings: Settings): Promise<Findings> {
  const rates = [0, 1, 20, 200]
  const sides: Record<string, Round> = {}
  const started: Side[] = []
  for (const perSecond of rates) {
    const file = await seededFile(settings.folder, `writes-${perSecond}`, USUAL.providers, USUAL.keys)
    const gateway = await startGateway(`file:${file}`)
    started.push(gateway)
    sides[`${perSecond} writes a second`] = () => readWhileWriting(gateway, perSecond, settings)
  }
  try {
    return { comparisons: { writes: await compare('REST list from memory, with writes beside it', sides, settings.rounds) } }
  } finally {
    await stopAll(started)
  }
}

/** The writes change one provider, so that the list stays as long as it is. */
async function readWhileWriting({ url, pid }: Side, perSecond: number, { seconds }: Settings): Promise<Measured> {
  const load: Load = { seconds, connections: CONNECTIONS }
  const reading = drive(url, [pid], QUESTIONS.list.rest, load)
  let open = true
  const writing = (async () => {
    const started = performance.now()
    for (let count = 1; open && perSecond > 0; count++) {
      const wait = (count / perSecond) * 1_000 - (performance.now() - started)
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
      const query = `mutation { updateProvider(input: { provider: { name: "provider-00003" }, icon: "${count}" }) { __typename } }`
      await ask(url, { method: 'POST', path: '/graphql', body: JSON.stringify({ query }) })
    }
  })()
  const measured = await reading
  open = false
  await writing
  return measured
}

/** A provider with a key: durable, audited and encrypted on both sides. */
async function compareCreates(settings: Settings): Promise<Findings> {
  const gateway = await startGateway(`file:${await seededFile(settings.folder, 'create', USUAL.providers, USUAL.keys)}`)
  const raw = await startPeer('raw-sqlite', await seededFile(settings.folder, 'create-raw', USUAL.providers, USUAL.keys))
  const create = ({ url, pid }: Side, seconds: number) => driveCreates(url, [pid], { seconds, connections: 16 })
  try {
    for (const side of [gateway, raw]) await create(side, CREATES_UNCOUNTED_SECONDS)
    const sides = {
      gateway: () => create(gateway, settings.seconds),
      [LABELS.raw]: () => create(raw, settings.seconds),
    }
    return { comparisons: { create: await compare('Create a provider with a key', sides, settings.rounds) } }
  } finally {
    await stopAll([gateway, raw])
  }
}

/** What grows with the number of providers; without the cache, which would hide it. */
async function compareSizes(settings: Settings): Promise<Findings> {
  const sizes = [50, 1_000, 10_000]
  const sides: Side[] = []
  for (const size of sizes) sides.push(await startGateway(`file:${await seededFile(settings.folder, `size-${size}`, size, 3)}`, NO_CACHE))
  try {
    const comparisons: Record<string, Comparison> = {}
    for (const name of ['page', 'name', 'search'] as const satisfies QuestionName[]) {
      const { title, graphql } = QUESTIONS[name]
      const rounds = sizes.map((size, index) => {
        const { url = '', pid = 0 } = sides[index] ?? {}
        return [`${size} providers`, () => drive(url, [pid], graphql, { seconds: settings.seconds / 2, connections: 4 })] as const
      })
      comparisons[`size-${name}`] = await compare(`${title}, cache off, 4 connections`, Object.fromEntries(rounds), settings.rounds)
    }
    return { comparisons }
  } finally {
    await stopAll(sides)
  }
}

/** One and two processes over one PostgreSQL. */
async function comparePostgresql(settings: Settings): Promise<Findings> {
  if (postgresPrograms === null) {
    process.stdout.write('\nPostgreSQL is not installed here: its scenario is left out.\n')
    return {}
  }
  const server = await startPostgres({ durable: true })
  const started: Side[] = []
  try {
    const url = await server.freshUrl()
    await seed(url, USUAL.providers, USUAL.keys)
    await settle(url)
    for (const environment of [{}, {}, NO_CACHE, NO_CACHE]) started.push(await startGateway(url, environment))
    const [hit, otherHit, off, otherOff] = started
    if (!hit || !otherHit || !off || !otherOff) return {}
    const comparisons: Record<string, Comparison> = {}
    for (const name of ['list', 'page'] as const) {
      const question: Question = QUESTIONS[name]
      const request = question.rest ?? question.graphql
      const load = { seconds: settings.seconds, connections: CONNECTIONS }
      const half = { ...load, connections: CONNECTIONS / 2 }
      const sides = {
        'from memory, 1 process': () => drive(hit.url, [hit.pid], request, load),
        'from memory, 2 processes': () => driveBoth([hit, otherHit], request, half),
        'cache off, 1 process': () => drive(off.url, [off.pid], request, load),
        'cache off, 2 processes': () => driveBoth([off, otherOff], request, half),
      }
      comparisons[`postgresql-${name}`] = await compare(`${question.title}, PostgreSQL`, sides, settings.rounds)
    }
    return { comparisons }
  } finally {
    await stopAll(started)
    await server.stop()
  }
}

/** What the server would do by itself within a minute, and in the middle of a measurement. */
async function settle(url: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query('VACUUM ANALYZE')
  await client.end()
}

async function driveBoth(sides: readonly Side[], request: BenchRequest, load: Load): Promise<Measured> {
  const both = await Promise.all(sides.map(({ url, pid }) => drive(url, [pid], request, load)))
  const sum = (pick: (one: Measured) => number) => both.reduce((total, one) => total + pick(one), 0)
  const cpu = both.flatMap(({ cpuMicros }) => (cpuMicros === null ? [] : [cpuMicros]))
  return {
    requestsPerSecond: sum((one) => one.requestsPerSecond),
    p50Ms: medianOf(both.map(({ p50Ms }) => p50Ms)),
    p99Ms: Math.max(...both.map(({ p99Ms }) => p99Ms)),
    cpuMicros: cpu.length === 0 ? null : medianOf(cpu),
  }
}

/** How long a warm start takes, and what memory the gateway has before, under and after load. */
async function measureStart(settings: Settings): Promise<Findings> {
  const file = await seededFile(settings.folder, 'start', USUAL.providers, USUAL.keys)
  const times: number[] = []
  for (let round = 0; round < 5; round++) {
    const began = performance.now()
    const gateway = await startGateway(`file:${file}`)
    await fetch(`${gateway.url}/readyz`)
    if (round > 0) times.push(performance.now() - began)
    await gateway.stop()
  }
  const gateway = await startGateway(`file:${file}`)
  try {
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const atRest = memoryMegabytes(gateway.pid)
    const minutes = Number(process.env.BENCH_LOAD_MINUTES ?? 0.5)
    const half = { ...settings, seconds: (minutes * 60) / 2 }
    const first = await memoryDuring(gateway.pid, () => readWhileWriting(gateway, 20, half))
    const second = await memoryDuring(gateway.pid, () => readWhileWriting(gateway, 20, half))
    const figures = {
      startMs: Math.round(medianOf(times)),
      memoryAtRestMb: atRest,
      loadMinutes: minutes,
      memoryInFirstHalfMb: first,
      memoryInSecondHalfMb: second,
    }
    process.stdout.write(`\nStart and memory\n  ${JSON.stringify(figures)}\n`)
    return { figures }
  } finally {
    await gateway.stop()
  }
}

async function stopAll(sides: readonly Side[]): Promise<void> {
  await Promise.all(sides.map((side) => side.stop()))
}

/** An empty folder for the databases of one run. */
export function emptyFolder(path: string): string {
  rmSync(path, { recursive: true, force: true })
  mkdirSync(path, { recursive: true })
  return path
}
