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
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: traceFields,
    formatters: { log: allowed },
  }
  const log = destination === undefined ? pino(options) : pino(options, destination)
  const { child } = log
  // Formatters do not see what a child is made with; every child inherits this from its parent.
  return Object.assign(log, {
    child(this: Logger, fields: Record<string, unknown>): Logger {
      return Reflect.apply(child, this, [allowed(fields)])
    },
  })
}

/** Writes each line before the next statement runs, so that none comes behind what a start has to say; costs more than the usual way. */
export function atOnce(): DestinationStream {
  return pino.destination({ dest: 1, sync: true })
}

function allowed(fields: Record<string, unknown>): Record<string, unknown> {
  const line = pick(fields, LOG_FIELDS)
  const { error } = line
  return typeof error === 'object' && error !== null ? { ...line, error: pick({ ...error }, ERROR_FIELDS) } : line
}

function pick(fields: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(fields, name)).map((name) => [name, fields[name]]))
}
