import { LRUCache } from 'lru-cache'
import type { Answer } from '../http/respond.ts'

/** An answer, and what is known of where it came from. */
export interface Produced {
  /** Null when it was sent already, piece by piece, or nobody waits for it. */
  readonly answer: Answer | null
  /** Whether nothing but the data and the request's key decided it, so that it may be given again. */
  readonly isReproducible: boolean
  /** The name of the route, for the log. */
  readonly route: string
}

/** Which answer is asked for. */
export interface CacheLookup {
  /** The state of the data when the request came, or later; null when it is not known. */
  readonly state: number | null
  /** Everything else that decides the answer: see `request-key.ts`. */
  readonly key: string
}

export interface AnswerCache {
  /** The answer from memory, when there is one of this very state of the data. */
  find(asked: CacheLookup): Produced | undefined
  /** Produces the answer and keeps it when that is allowed. Requests for one that is being made for this state wait for it. */
  produce(asked: CacheLookup, make: () => Promise<Produced>): Promise<Produced>
  statistics(): CacheStatistics
}

export interface CacheStatistics {
  readonly hits: number
  /** Answers that were made and kept. What may not be kept does not count. */
  readonly misses: number
  readonly evictions: number
  readonly answers: number
  readonly bytes: number
}

interface Kept extends Produced {
  readonly answer: Answer & { readonly body: Buffer }
  readonly state: number
}

interface Flight {
  readonly state: number
  readonly produced: Promise<Produced>
}

/** What an entry takes besides its key and body: headers and bookkeeping, guessed high. */
const ENTRY_BYTES = 1_024

/**
 * Keeps finished answers. An answer counts in the one state of the data that it was made in, or after: any commit, by
 * any process, makes another state, so nothing ever has to be thrown away for being wrong. Old answers stay until new
 * ones take their place, or their room.
 * @param maxBytes What all answers may take together; zero keeps none.
 */
export function createAnswerCache(maxBytes: number): AnswerCache {
  if (maxBytes === 0) return { find: () => undefined, produce: (_asked, make) => make(), statistics: () => NOTHING }
  const counts = { hits: 0, misses: 0, evictions: 0 }
  const kept = new LRUCache<string, Kept>({
    maxSize: maxBytes,
    sizeCalculation: ({ answer: { body } }, key) => key.length + body.length + ENTRY_BYTES,
    dispose: (_value, _key, reason) => {
      if (reason === 'evict') counts.evictions += 1
    },
  })
  const flights = new Map<string, Flight>()

  const keep = (key: string, state: number, produced: Produced): void => {
    const { answer } = produced
    if (answer === null || !produced.isReproducible || (kept.peek(key)?.state ?? 0) > state) return
    counts.misses += 1
    kept.set(key, { ...produced, answer: { ...answer, body: copyToOwnBuffer(answer.body ?? '') }, state })
  }
  const start = async (key: string, state: number, make: () => Promise<Produced>): Promise<Produced> => {
    const flight = { state, produced: make() }
    // Nobody waits for what was never kept: it may be a change, which each must make, or a stream without an end.
    if (kept.has(key)) flights.set(key, flight)
    try {
      const produced = await flight.produced
      keep(key, state, produced)
      return produced
    } finally {
      if (flights.get(key) === flight) flights.delete(key)
    }
  }
  return {
    find: ({ state, key }) => {
      const found = kept.get(key)
      if (found === undefined || found.state !== state) return undefined
      counts.hits += 1
      return found
    },
    produce: async ({ state, key }, make) => {
      if (state === null) return make()
      const flight = flights.get(key)
      if (flight?.state !== state) return start(key, state, make)
      const produced = await flight.produced.catch(() => null)
      if (!produced?.isReproducible) return make()
      counts.hits += 1
      return produced
    },
    statistics: () => ({ ...counts, answers: kept.size, bytes: kept.calculatedSize }),
  }
}

/** A copy in memory of its own. Small buffers share blocks, and one that stays would keep the whole block of many that are gone. */
function copyToOwnBuffer(body: string | Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(Buffer.byteLength(body))
  if (typeof body === 'string') copy.write(body)
  else body.copy(copy)
  return copy
}

const NOTHING: CacheStatistics = { hits: 0, misses: 0, evictions: 0, answers: 0, bytes: 0 }
