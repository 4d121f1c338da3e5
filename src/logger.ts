import { type Logger, pino } from 'pino'

/**
 * The log: one JSON object per line on standard output. Callers pass objects of named fields that they chose one by
 * one, never a request, a header, a body or an error as it came.
 */
export function createLogger(level: string): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime })
}
