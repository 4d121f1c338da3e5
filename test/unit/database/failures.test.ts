import { expect, test } from 'vitest'
import { isBusy, isUniqueViolation, toUnavailable } from '../../../src/database/failures.ts'
import { Fault } from '../../../src/errors.ts'

const failure = (more: object, message = 'it failed') => Object.assign(new Error(message), more)
/** As Prisma's adapters report it. */
const ofAdapter = (cause: object) => failure({ code: 'P2010', meta: { driverAdapterError: { cause } } })

test.each([
  ...['P2034', '40001', '40P01', '55P03'].map((code) => failure({ code })),
  ofAdapter({ kind: 'TransactionWriteConflict' }),
  ofAdapter({ originalCode: '40001' }),
  ofAdapter({ originalMessage: 'SQLITE_BUSY: database is locked' }),
  failure({ code: 'P2028' }, 'Transaction API error: Unable to start a transaction in the given time.'),
])('a conflict may be tried again at once: %o', (error) => {
  expect(isBusy(error)).toBe(true)
  expect(toUnavailable(error)).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 1, cause: error })
})

test.each([
  ...['P1001', 'P1017', 'P2024', '08006', '53300', '53100', '57P01', '57014', '58030', '25006', '25P03', '28P01'],
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOSPC', 'EROFS'],
  ...['ENOENT', 'EACCES'],
])('a database that is away, full or read-only is a fault for a while: %s', (code) => {
  for (const error of [failure({ code }), ofAdapter({ originalCode: code })]) {
    expect(isBusy(error)).toBe(false)
    expect(toUnavailable(error)).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 10, cause: error })
  }
})

test.each(['SQLITE_FULL', 'SQLITE_READONLY', 'SQLITE_IOERR', 'SQLITE_CANTOPEN'])('so is a file that SQLite reports as %s', (name) => {
  expect(toUnavailable(ofAdapter({ originalMessage: `${name}: it failed` }))).toMatchObject({ retryAfterSeconds: 10 })
})

test.each(['P2002', '23505', '42703', '57P', 'XECONNREFUSED', 'SQLITE_CORRUPT'])('anything else is no matter of waiting: %s', (code) => {
  const error = failure({ code })
  expect([isBusy(error), toUnavailable(error)]).toEqual([false, error])
  const fault = new Fault('FORBIDDEN', 'no')
  expect(toUnavailable(fault)).toBe(fault)
})

test('a write that broke one unique index did not break another one', () => {
  const index = { name: 'providers_name_key', columns: ['name'] }
  const broken = (constraint: object) => ofAdapter({ kind: 'UniqueConstraintViolation', constraint })
  const whether = [
    { fields: ['name'] },
    { index: 'providers_name_key' },
    { fields: ['id'] },
    { fields: ['name', 'id'] },
    { index: 'other' },
  ]
  expect(whether.map((constraint) => isUniqueViolation(broken(constraint), index))).toEqual([true, true, false, false, false])
  expect(isUniqueViolation(ofAdapter({ kind: 'NullConstraintViolation', constraint: { fields: ['name'] } }), index)).toBe(false)
})
