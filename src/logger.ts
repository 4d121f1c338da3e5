import { type DestinationStream, type Logger, pino } from 'pino'

/**
 * The log: one JSON object per line, on standard output unless another destination is given. Callers pass objects of
 * named fields that they chose one by one, never a request, a header, a body or an error as it came.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime }
  return destination === undefined ? pino(options) : pino(options, destination)
}
