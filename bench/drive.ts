import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Pool } from 'undici'
import { medianOf } from './compare.ts'
import { type BenchRequest, createRequest } from './requests.ts'
import { TOKEN } from './seed.ts'

/** What one round of load showed. */
export interface Measured {
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Processor time of the server per request; null where the system does not tell. It suffers less from a busy machine than the others. */
  readonly cpuMicros: number | null
}

export interface Load {
  readonly seconds: number
  readonly connections: number
}

export const GENERATOR = hasWrk() ? 'wrk' : 'autocannon'
const HEADERS = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }

function hasWrk(): boolean {
  try {
    execFileSync('sh', ['-c', 'command -v wrk'])
    return true
  } catch {
    return false
  }
}

/** Sends one request over and over. Every answer must be a success. */
export async function drive(url: string, pids: readonly number[], request: BenchRequest, load: Load): Promise<Measured> {
  const before = cpuSeconds(pids)
  const { requests, failures, ...measured } = await (GENERATOR === 'wrk' ? driveWrk : driveAutocannon)(url, request, load)
  if (failures > 0) throw new Error(`${failures} of ${requests} answers of ${url}${request.path} were no success.`)
  const after = cpuSeconds(pids)
  return { ...measured, cpuMicros: before === null || after === null ? null : Math.round(((after - before) * 1e6) / requests) }
}

interface Driven extends Omit<Measured, 'cpuMicros'> {
  readonly requests: number
  readonly failures: number
}

async function driveWrk(url: string, request: BenchRequest, { seconds, connections }: Load): Promise<Driven> {
  const script = join(mkdtempSync(join(tmpdir(), 'bench-')), 'request.lua')
  const headers = Object.entries({ ...HEADERS, ...request.headers }).map(
    ([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`,
  )
  const body = request.body === undefined ? [] : [`wrk.body = [==[${request.body}]==]`]
  writeFileSync(script, [`wrk.method = "${request.method}"`, ...headers, ...body].join('\n'))
  const options = ['-t', '1', '-c', String(connections), '-d', `${Math.ceil(seconds)}s`, '--latency', '-s', script, `${url}${request.path}`]
  const { stdout } = await promisify(execFile)('wrk', options)
  const find = (pattern: RegExp) => pattern.exec(stdout)?.[1] ?? '0'
  return {
    requestsPerSecond: Number(find(/Requests\/sec:\s+([\d.]+)/)),
    p50Ms: milliseconds(find(/ 50%\s+(\S+)/)),
    p99Ms: milliseconds(find(/ 99%\s+(\S+)/)),
    requests: Number(find(/(\d+) requests in/)),
    failures: Number(find(/Non-2xx or 3xx responses: (\d+)/)),
  }
}

function milliseconds(text: string): number {
  const factor = text.endsWith('us') ? 0.001 : text.endsWith('ms') ? 1 : 1_000
  return Number.parseFloat(text) * factor
}

/** A dependency of the benchmark alone, so its types are not here when the project is checked. */
interface AutocannonResult {
  readonly requests: { readonly average: number; readonly total: number }
  readonly latency: { readonly p50: number; readonly p99: number }
  readonly non2xx: number
  readonly errors: number
}

async function driveAutocannon(url: string, request: BenchRequest, { seconds, connections }: Load): Promise<Driven> {
  const autocannon: (options: object) => Promise<AutocannonResult> = createRequire(import.meta.url)('autocannon')
  const { method, body, path, headers } = request
  const result = await autocannon({
    url: `${url}${path}`,
    method,
    headers: { ...HEADERS, ...headers },
    connections,
    duration: seconds,
    ...(body ? { body } : {}),
  })
  return {
    requestsPerSecond: result.requests.average,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    requests: result.requests.total,
    failures: result.non2xx + result.errors,
  }
}

let names = 0

/** Creates providers, each with a name of its own: as fast as they are answered, or so many a second. */
export async function driveCreates(
  url: string,
  pids: readonly number[],
  load: Load,
  perSecond = Number.POSITIVE_INFINITY,
): Promise<Measured> {
  const pool = new Pool(url, { connections: load.connections })
  const before = cpuSeconds(pids)
  const started = performance.now()
  const times: number[] = []
  const isOver = () => performance.now() - started > load.seconds * 1_000
  const client = async () => {
    while (!isOver()) {
      const wait = (times.length / perSecond) * 1_000 - (performance.now() - started)
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
      const { method, path, body } = createRequest(`new-${process.pid}-${++names}`)
      const sent = performance.now()
      const response = await pool.request({ method, path, body: body ?? null, headers: HEADERS })
      const text = await response.body.text()
      if (response.statusCode !== 200 || text.includes('"message"')) throw new Error(`A create was refused: ${text}`)
      times.push(performance.now() - sent)
    }
  }
  await Promise.all(Array.from({ length: load.connections }, client))
  const seconds = (performance.now() - started) / 1_000
  const after = cpuSeconds(pids)
  await pool.close()
  const sorted = times.sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0
  const cpuMicros = before === null || after === null ? null : Math.round(((after - before) * 1e6) / times.length)
  return { requestsPerSecond: times.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99), cpuMicros }
}

/** What these processes have used of the processors, where there is a /proc. */
function cpuSeconds(pids: readonly number[]): number | null {
  try {
    const ticks = pids.map((pid) => {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')
      return Number(fields[11]) + Number(fields[12])
    })
    return ticks.reduce((sum, one) => sum + one, 0) / 100
  } catch {
    return null
  }
}

/** Megabytes of memory that a process has. */
export function memoryMegabytes(pid: number): number {
  return Math.round(memoryKilobytes(pid) / 1_024)
}

export function memoryKilobytes(pid: number): number {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes)
}

/** The median of the memory that a process has, looked at twice a second: between two collections of garbage it goes up and down. */
export async function memoryDuring(pid: number, work: () => Promise<unknown>): Promise<number> {
  const samples: number[] = []
  const timer = setInterval(() => samples.push(memoryMegabytes(pid)), 500)
  try {
    await work()
  } finally {
    clearInterval(timer)
  }
  return Math.round(medianOf(samples))
}
