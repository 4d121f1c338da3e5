import { expect, test } from 'vitest'
import { toUnavailable } from '../../../src/database/failures.ts'
import { logUnexpected } from '../../../src/graphql/client-errors.ts'
import { createLogger } from '../../../src/logger.ts'

/** The code in the line that an error leaves. */
function loggedCode(error: Error): unknown {
  const lines: string[] = []
  logUnexpected(error, createLogger('info', { write: (line) => lines.push(line) }))
  return JSON.parse(lines.join('')).error.code
}

function errorOf(code: string): Error {
  return Object.assign(new Error(`${code}: it holds sk-secret`), { code })
}

test('a line about a database that is full or away says how the database puts it', () => {
  for (const code of ['SQLITE_FULL', 'SQLITE_BUSY', 'ECONNREFUSED', '53100']) {
    const told = toUnavailable(errorOf(code))
    expect(told).toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    expect(told instanceof Error && loggedCode(told)).toBe(code)
  }
})

test('a line about anything else has the code of the error itself', () => {
  expect([loggedCode(errorOf('ERR_OUT_OF_RANGE')), loggedCode(new TypeError('no'))]).toEqual(['ERR_OUT_OF_RANGE', undefined])
})
