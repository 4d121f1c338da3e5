import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { TestGateway } from './gateway.ts'

/** One request of a play and its answer, with everything that differs from run to run replaced by a stable word. */
export interface Exchange {
  readonly step: number
  /** Method and path. */
  readonly request: string
  readonly body?: unknown
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly answer: unknown
}

export interface SendOptions {
  /** Null for none. */
  readonly token?: string | null
  readonly headers?: Readonly<Record<string, string>>
}

/** What a play gets back of an answer; `body` is whatever JSON came, read by `field`. */
export interface Played {
  readonly status: number
  readonly text: string
}

/** Plays requests against one dialect, in a fixed order, and keeps what was answered. */
export interface Player {
  send(method: string, path: string, body?: unknown, options?: SendOptions): Promise<Played>
  /** A token that may only read. */
  readonly viewer: string
  /** An upstream that speaks OpenAI's API and knows `GOOD_KEY` and `LIMITED_KEY` only. */
  readonly upstream: string
}

export const GOOD_KEY = 'sk-good-fixture-0123456789-0001'
export const LIMITED_KEY = 'sk-limited-fixture-0123456789-0002'

/** Headers whose value a client acts on. Entity tags of whole answers hash what differs from run to run. */
const SELECTED = ['allow', 'content-type', 'location', 'retry-after', 'www-authenticate'] as const

/** Starts a play; `exchanges` grows with each request. */
export async function startPlayer(gateway: TestGateway, prefix: string, upstream: string) {
  const exchanges: Exchange[] = []
  const normalise = createNormaliser(upstream)
  const send: Player['send'] = async (method, path, body, { token = gateway.adminToken, headers = {} } = {}) => {
    const response = await gateway.fetch(`${prefix}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const selected = SELECTED.flatMap((name) => (response.headers.has(name) ? [[name, response.headers.get(name) ?? '']] : []))
    const exchange: Exchange = {
      step: exchanges.length + 1,
      request: `${method} ${shortened(path)}`,
      ...(body === undefined ? {} : { body: bounded(body) }),
      status: response.status,
      headers: Object.fromEntries([...selected, ...stateTag(response)]),
      answer: summarised(readJson(text)),
    }
    exchanges.push(JSON.parse(normalise(JSON.stringify(exchange))))
    return { status: response.status, text }
  }
  const viewer = await gateway.token('VIEWER')
  return { player: { send, viewer, upstream } satisfies Player, exchanges }
}

/** A tag that names a state of a provider, which clients send back. */
function stateTag({ headers }: Response): [string, string][] {
  const tag = headers.get('etag') ?? ''
  return /^"[0-9a-f-]{36}\.\d+"$/.test(tag) ? [['etag', tag]] : []
}

/** The value at a path of an answer, as text; throws when there is none, since the play goes on with it. */
export function field({ text }: Played, ...path: readonly (string | number)[]): string {
  const found = path.reduce<unknown>((value, name) => Object(value)[name], JSON.parse(text))
  if (typeof found !== 'string') throw new Error(`No text at ${path.join('.')} of ${text}`)
  return found
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** A description of a whole API is kept as the list of its operations: the words in it may improve. */
function summarised(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null || !('openapi' in answer) || !('paths' in answer)) return answer
  return { paths: Object.entries(Object(answer.paths)).map(([path, item]) => `${path} ${Object.keys(Object(item)).join(',')}`) }
}

/** Large bodies are told by their size. */
function bounded(body: unknown): unknown {
  const length = typeof body === 'string' ? body.length : JSON.stringify(body).length
  return length > 2_000 ? `<${length} characters>` : body
}

function shortened(path: string): string {
  return path.length > 300 ? `${path.slice(0, 300)}…` : path
}

const UUID = /\b[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}\b/gi
const TIME = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?Z?/g
/** UUIDs of these plays, which stay as they are. */
const CHOSEN = /^0{8}/

/**
 * Replaces ids by their order within one exchange, times, durations and the port of the upstream. Not by their order in the
 * play: one mended answer would then change all that follow.
 */
function createNormaliser(upstream: string): (text: string) => string {
  const { host, port } = new URL(upstream)
  return (text) => {
    const seen: string[] = []
    const numbered = (id: string) => {
      if (!seen.includes(id.toLowerCase())) seen.push(id.toLowerCase())
      return `uuid-${seen.indexOf(id.toLowerCase()) + 1}`
    }
    return (
      text
        .replaceAll(host, 'upstream.test')
        .replaceAll(UUID, (id) => (CHOSEN.test(id) ? id : numbered(id)))
        .replaceAll(TIME, '<time>')
        // Behind the ids and times, which may have the same digits.
        .replaceAll(port, '<port>')
        .replaceAll(/"(id|duration_ms)":\d+/g, '"$1":0')
        .replaceAll(/"external_id":"[^"]+"/g, '"external_id":"<generated>"')
    )
  }
}

/** One exchange in each line. */
export const recordings = {
  read: (file: string): Exchange[] =>
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line))
      : [],
  write: (file: string, exchanges: readonly Exchange[]): void =>
    writeFileSync(file, `${exchanges.map((exchange) => JSON.stringify(exchange)).join('\n')}\n`),
}
