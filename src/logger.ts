import { type DestinationStream, type Logger, pino } from 'pino'
import { traceFields } from './tracing/span.ts'

/** Every field that a line of the log may have, besides its level, time and message. Any other is left out. */
export const LOG_FIELDS = [
  'requestId',
  'tokenId',
  'traceId',
  'spanId',
  'route',
  'method',
  'status',
  'durationMs',
  'complete',
  'outcome',
  'attempts',
  'providerType',
  'modelRoute',
  'firstByteMs',
  'signal',
  'error',
] as const
/** Of an error: its class, a short code, and the places in the code that it passed. Never its message. */
export const ERROR_FIELDS = ['name', 'code', 'frames'] as const

/**
 * The log: one JSON object per line, on standard output unless another destination is given. Callers pass objects of
 * named fields that they chose one by one, never a request, a header, a body or an error as it came; what they pass besides
 * the fields that are allowed is not written. A line that is written while a trace is made has its ids.
 */
export function createLogger(level: string, destination: DestinationStream = together()): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: traceFields,
    formatters: { log: allowed },
  }
  const log = pino(options, destination)
  const { child } = log
  // Formatters do not see what a child is made with; every child inherits this from its parent.
  return Object.assign(log, {
    child(this: Logger, fields: Record<string, unknown>): Logger {
      return Reflect.apply(child, this, [allowed(fields)])
    },
  })
}

/** How long a line waits for others, in milliseconds, and how many characters wait at most. */
const GATHER_MS = 50
const GATHER_CHARACTERS = 65_536

/**
 * Writes the lines of a moment together, and waits for nobody who reads them: a write for each line costs ten times what it
 * takes to make the line. What still waits when the process ends is written then.
 */
function together(): DestinationStream {
  const output = pino.destination({ dest: 1, sync: false })
  let lines = ''
  let timer: NodeJS.Timeout | null = null
  const hand = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (lines !== '') output.write(lines)
    lines = ''
  }
  process.once('exit', () => {
    hand()
    try {
      output.flushSync()
    } catch {
      // Nobody reads any more.
    }
  })
  return {
    write: (line) => {
      lines += line
      if (lines.length >= GATHER_CHARACTERS) hand()
      else timer ??= setTimeout(hand, GATHER_MS).unref()
    },
  }
}

/** Writes each line before the next statement runs, so that none comes behind what a start has to say; costs more than the usual way. */
export function atOnce(): DestinationStream {
  return pino.destination({ dest: 1, sync: true })
}

const FIELDS: ReadonlySet<string> = new Set(LOG_FIELDS)

function allowed(fields: Record<string, unknown>): Record<string, unknown> {
  const { error } = fields
  if (typeof error === 'object' && error !== null) return { ...pick(fields, LOG_FIELDS), error: pick({ ...error }, ERROR_FIELDS) }
  for (const name in fields) if (!FIELDS.has(name)) return pick(fields, LOG_FIELDS)
  return fields
}

function pick(fields: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(fields, name)).map((name) => [name, fields[name]]))
}
