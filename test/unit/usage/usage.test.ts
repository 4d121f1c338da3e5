import { expect, test } from 'vitest'
import { type Activity, openActivity } from '../../../src/activity/activity.ts'
import { createBacklog } from '../../../src/backlog.ts'
import type { CallRecord } from '../../../src/calls/call-record.ts'
import { readRevision } from '../../../src/database/revision.ts'
import { Fault } from '../../../src/errors.ts'
import type { CallFilter } from '../../../src/usage/call-filter.ts'
import { toCallRow } from '../../../src/usage/call-row.ts'
import { FIRST_BYTE_COLUMNS, firstByteClass, percentile } from '../../../src/usage/first-byte.ts'
import { MOST_MODELS, OTHER_MODELS } from '../../../src/usage/known-models.ts'
import { countCalls, readCalls } from '../../../src/usage/read-calls.ts'
import { type GroupSum, readNames, readUsage, type UsageGroup } from '../../../src/usage/read-usage.ts'
import { deleteOldUsage } from '../../../src/usage/retention.ts'
import { sumCalls } from '../../../src/usage/sum-calls.ts'
import { createUsage } from '../../../src/usage/usage.ts'
import { callRecord, tokens } from '../../support/call-records.ts'
import { describeDatabases } from '../../support/databases.ts'

const fail = (error: unknown) => {
  throw error
}
const HOUR = 3_600_000
const DAY = 24 * HOUR
const NOON = new Date('2026-03-04T12:00:00Z')
const NEWEST = { limit: 10_000, oldestFirst: false }
const EVER = { from: new Date(0), until: new Date('2100-01-01T00:00:00Z') }

const at = (time: string): Partial<CallRecord> => ({ startedAt: Date.parse(time) })

describeDatabases('the store of usage', (databases) => {
  async function opened(onError: (error: unknown) => void = fail, now = NOON) {
    const database = await databases.open()
    const activity = await openActivity(database, () => {})
    let isAway: Error | null = null
    const write: Activity['write'] = (work) => (isAway === null ? activity.write(work) : Promise.reject(isAway))
    const store = { ...activity, write }
    const usage = createUsage(store, { callDays: 60, clock: () => now, onError }, createBacklog())
    const sums = async (by: UsageGroup, range = EVER, filter = {}): Promise<GroupSum[]> =>
      readUsage(await usage.written(), { ...range, by, filter, now, limit: 1_001 })
    const close = async () => {
      await usage.close()
      await activity.close()
    }
    return {
      database,
      activity: store,
      usage,
      sums,
      calls: async (filter = {}) => readCalls(await usage.written(), filter, NEWEST),
      failWith: (error: Error | null) => {
        isAway = error
      },
      close,
    }
  }

  test('is no change of the data: neither the revision nor the state of answers in memory moves, and nobody wakes', async () => {
    const { database, usage, calls, close } = await opened()
    let woken = 0
    const stop = database.onWrite(() => {
      woken += 1
    })
    const before = [await readRevision(database), await database.currentState()]
    for (let n = 0; n < 1_203; n++) usage.record(callRecord())
    expect(await calls()).toHaveLength(1_203)
    expect([await readRevision(database), await database.currentState()]).toEqual(before)
    stop()
    if (database.kind === 'sqlite') expect(woken).toBe(0)
    await close()
  })

  test('keeps so many refused calls of a token in a minute, and all of them in the sums', async () => {
    const { usage, sums, calls, close } = await opened()
    const refusal = (startedAt: number) => callRecord({ outcome: 'REFUSED_BY_GATEWAY', startedAt })
    const minute = NOON.getTime()
    for (let n = 0; n < 700; n++) usage.record(refusal(minute + n))
    for (let n = 0; n < 5; n++) usage.record(callRecord({ startedAt: minute }))
    // What one token does hides nothing that another one does.
    usage.record(callRecord({ outcome: 'REFUSED_BY_GATEWAY', startedAt: minute, caller: { kind: 'TOKEN', tokenId: 'b', tokenName: 'b' } }))
    expect(await calls()).toHaveLength(66)
    for (let n = 0; n < 100; n++) usage.record(refusal(minute + 60_000))
    // It began long ago, and ends now.
    usage.record(refusal(minute))
    expect(await calls()).toHaveLength(126)
    expect((await sums('OUTCOME')).map(({ key, calls: count }) => [key, count]).sort()).toEqual([
      ['OK', 5],
      ['REFUSED_BY_GATEWAY', 802],
    ])
    await close()
  })

  test('keeps what is known of a call, its texts short and such as both databases take, and nothing of lists and strangers', async () => {
    const { usage, calls, close } = await opened()
    const long = `${'m'.repeat(199)}😀 and more`
    usage.record(callRecord({ model: long, client: 'a\u0000b', routeName: 'fast', vendorRequestId: 'req_1', streamed: true }))
    usage.record(callRecord({ isCall: false }))
    usage.record(callRecord({ caller: null }))
    usage.record(callRecord({ providerId: null, providerName: null, providerType: null, apiKeyId: null, apiKeyMasked: null, model: null }))
    const [refused, call] = (await calls()).sort((one) => (one.providerId === null ? -1 : 1))
    expect(refused).toMatchObject({ providerName: null, model: null, callerName: 'ci' })
    expect(call).toMatchObject({
      startedAt: new Date('2026-03-04T05:06:07.089Z'),
      ...{ providerId: 'provider', providerName: 'openai', apiKeyMasked: 'sk-o...aaaa', callerKind: 'TOKEN', callerId: 'caller' },
      ...{ model: `${'m'.repeat(199)}\ufffd`, client: 'a\ufffdb', route: 'fast', vendorRequestId: 'req_1', streamed: true },
      ...{ firstByteMs: 100, durationMs: 120, inputTokens: 12, outputTokens: 3, usageSource: 'REPORTED' },
    })
    await close()
  })

  test('gives calls in the order of their starts, both ways, page by page, by each filter', async () => {
    const { usage, calls, close } = await opened()
    const outcomes = ['OK', 'TIMED_OUT', 'RATE_LIMITED'] as const
    for (let n = 0; n < 30; n++)
      usage.record(
        callRecord({
          startedAt: NOON.getTime() + ((n * 7) % 30) * 1_000,
          ...{ model: `m${n % 3}`, providerId: `p${n % 2}`, outcome: outcomes[n % 3] ?? 'OK' },
          ...{ apiKeyId: `k${n % 4}`, routeName: `r${n % 7}` },
          caller: { kind: 'TOKEN', tokenId: `c${n % 5}`, tokenName: 'ci' },
        }),
      )
    const all = await calls()
    expect(all.map(({ startedAt }) => startedAt.getTime())).toEqual(Array.from({ length: 30 }, (_, n) => NOON.getTime() + (29 - n) * 1_000))
    const store = await usage.written()
    const [third, fourth] = [all[2]?.id, all[3]?.id]
    const older = await readCalls(store, {}, { limit: 5, oldestFirst: false, olderThan: third })
    expect(older).toEqual(all.slice(3, 8))
    expect(await readCalls(store, {}, { limit: 2, oldestFirst: true, newerThan: fourth })).toEqual(all.slice(1, 3).reverse())
    const filters: readonly CallFilter[] = [
      { providerIds: ['p1'] },
      { providerIds: [] },
      { model: 'm2', callerIds: ['c3'] },
      { outcomes: ['TIMED_OUT', 'RATE_LIMITED'] },
      { outcomes: ['TIMED_OUT', 'TIMED_OUT'] },
      { apiKeyId: 'k1' },
      { route: 'r1' },
      { from: new Date(NOON.getTime() + 4_000), until: new Date(NOON.getTime() + 9_000) },
    ]
    for (const filter of filters) {
      const { providerIds, apiKeyId, model, route, callerIds, outcomes: some, from, until } = filter
      const wanted = all.filter(
        (call) =>
          (!providerIds || providerIds.includes(call.providerId ?? '')) &&
          (!apiKeyId || call.apiKeyId === apiKeyId) &&
          (!model || call.model === model) &&
          (!route || call.route === route) &&
          (!callerIds || callerIds.includes(call.callerId)) &&
          (!some || some.includes(call.outcome)) &&
          (!from || call.startedAt >= from) &&
          (!until || call.startedAt < until),
      )
      expect(await calls(filter)).toEqual(wanted)
      expect(await countCalls(store, filter)).toBe(wanted.length)
    }
    await close()
  })

  test('sums by each group, of whole hours and days, over two replicas', async () => {
    const one = await opened()
    const other = createUsage(one.activity, { callDays: 60, clock: () => NOON, onError: fail }, createBacklog())
    one.usage.record(callRecord({ ...at('2026-03-03T23:59:59Z'), usage: tokens(5, 1), timeToFirstByteMs: 12 }))
    one.usage.record(
      callRecord({ ...at('2026-03-04T00:00:00Z'), model: 'gpt-4o', outcome: 'CALLER_LEFT', usage: null, usageSource: 'MISSING' }),
    )
    other.record(
      callRecord({ ...at('2026-03-04T11:30:00Z'), outcome: 'TIMED_OUT', timeToFirstByteMs: null, usage: null, usageSource: 'MISSING' }),
    )
    other.record(callRecord({ ...at('2026-03-04T11:59:59Z'), usage: tokens(7, 2), timeToFirstByteMs: 999_999 }))
    await other.close()
    const short = (sums: readonly GroupSum[]) =>
      sums.map(({ key, at: begin, calls, failed, missingUsage, usage }) => [
        ...[begin?.toISOString() ?? key, calls, failed, missingUsage, usage.inputTokens, usage.outputTokens],
      ])
    expect(short(await one.sums('PROVIDER'))).toEqual([['provider', 4, 1, 1, 12, 3]])
    expect(short(await one.sums('MODEL'))).toEqual([
      ['gpt-5', 3, 1, 0, 12, 3],
      ['gpt-4o', 1, 0, 1, 0, 0],
    ])
    expect(short(await one.sums('DAY'))).toEqual([
      ['2026-03-03T00:00:00.000Z', 1, 0, 0, 5, 1],
      ['2026-03-04T00:00:00.000Z', 3, 1, 1, 7, 2],
    ])
    expect(short(await one.sums('HOUR'))).toEqual([
      ['2026-03-03T23:00:00.000Z', 1, 0, 0, 5, 1],
      ['2026-03-04T00:00:00.000Z', 1, 0, 1, 0, 0],
      ['2026-03-04T11:00:00.000Z', 2, 1, 0, 7, 2],
    ])
    // Whole days in the middle, hours at both ends.
    const range = { from: new Date('2026-03-03T23:30:00Z'), until: new Date('2026-03-04T11:00:00Z') }
    expect(short(await one.sums('CALLER', range))).toEqual([['caller', 2, 0, 1, 5, 1]])
    const wide = { from: new Date('2026-03-02T23:30:00Z'), until: new Date('2026-03-05T00:30:00Z') }
    expect(short(await one.sums('OUTCOME', wide, { model: 'gpt-5' }))).toEqual([
      ['OK', 2, 0, 0, 12, 3],
      ['TIMED_OUT', 1, 1, 0, 0, 0],
    ])
    const [all] = await one.sums('API_KEY')
    expect(all?.firstByte.reduce((sum, count) => sum + count, 0)).toBe(3)
    expect(await readNames(await one.usage.written(), ['provider', 'key', 'caller', 'nobody'])).toEqual(
      new Map([...[['provider', 'openai'] as const], ...[['key', 'sk-o...aaaa'] as const], ['caller', 'ci']]),
    )
    await one.close()
  })

  test('adds every figure of later calls to what is there, and a name of before takes the place of none', async () => {
    const { usage, sums, calls, close } = await opened()
    const figures = { inputTokens: 10, cachedInputTokens: 2, cacheWriteTokens: 3, outputTokens: 7, reasoningTokens: 4 }
    const record = (time: string, providerName: string) =>
      usage.record(callRecord({ ...at(time), providerName, usage: figures, timeToFirstByteMs: 12 }))
    for (const n of [1, 2, 3]) {
      record('2026-03-04T08:00:00Z', 'new')
      expect(await calls(), 'written by itself').toHaveLength(n)
    }
    record('2026-03-03T08:00:00Z', 'old')
    expect(
      (await calls()).map(({ inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens }) => [
        inputTokens,
        cachedInputTokens,
        cacheWriteTokens,
        outputTokens,
        reasoningTokens,
      ]),
    ).toEqual(Array(4).fill([10, 2, 3, 7, 4]))
    const ofDay = async (filter: CallFilter) => (await sums('CALLER', EVER, filter))[0]
    const times = FIRST_BYTE_COLUMNS.map((_, index) => (index === 1 ? 3 : 0))
    const tripled = { inputTokens: 30, cachedInputTokens: 6, cacheWriteTokens: 9, outputTokens: 21, reasoningTokens: 12 }
    // By hours, and by the day: a condition on the time in the filter counts like the range.
    for (const from of ['2026-03-04T00:00:00Z', '2026-03-04T08:00:00Z'])
      expect(await ofDay({ from: new Date(from) })).toMatchObject({
        calls: 3,
        failed: 0,
        missingUsage: 0,
        usage: tripled,
        firstByte: times,
      })
    expect(await ofDay({ until: new Date('2026-03-04T08:00:00Z') })).toMatchObject({ calls: 1, usage: figures })
    expect(await readNames(await usage.written(), ['provider'])).toEqual(new Map([['provider', 'new']]))
    await close()
  })

  test('counts so many models of a provider apart, in an hour and in a day, and all others as one', async () => {
    const one = await opened()
    const other = createUsage(one.activity, { callDays: 60, clock: () => NOON, onError: fail }, createBacklog())
    for (let n = 0; n < MOST_MODELS + 50; n += 2) one.usage.record(callRecord({ model: `m${n}` }))
    // Two that write at once may both be the first with the last model.
    await one.usage.written()
    for (let n = 1; n < MOST_MODELS + 50; n += 2) other.record(callRecord({ model: `m${n}` }))
    other.record(callRecord({ model: 'another', providerId: 'other' }))
    await other.close()
    const groups = await one.sums('MODEL')
    expect(groups).toHaveLength(MOST_MODELS + 2)
    expect(groups[0]).toMatchObject({ key: OTHER_MODELS, calls: 50 })
    expect(await one.calls({ model: 'm249' })).toHaveLength(1)
    await one.close()
  })

  test('loses nothing while it is away for a while, counts nothing twice, and fails no call', async () => {
    const errors: unknown[] = []
    const { usage, sums, calls, failWith, close } = await opened((error) => errors.push(error))
    failWith(new Fault('SERVICE_UNAVAILABLE', 'away'))
    for (let n = 0; n < 1_200; n++) usage.record(callRecord())
    await usage.written()
    expect(errors.length).toBeGreaterThan(0)
    failWith(null)
    usage.record(callRecord())
    expect(await calls()).toHaveLength(1_201)
    expect((await sums('PROVIDER'))[0]?.calls).toBe(1_201)
    expect(usage.dropped()).toBe(0)
    await close()
  })

  test.each([
    ['calls', 0, {}],
    ['refused calls of which none is kept', 60, { outcome: 'REFUSED_BY_GATEWAY' }],
  ] as const)('does not write again what was committed although its answer was lost: %s', async (_what, before, call) => {
    const { activity, close } = await opened()
    let isLost = false
    const write: Activity['write'] = async (work) => {
      const result = await activity.write(work)
      if (isLost) throw new Fault('SERVICE_UNAVAILABLE', 'the connection broke')
      return result
    }
    const usage = createUsage({ ...activity, write }, { callDays: 60, clock: () => NOON, onError: () => {} }, createBacklog())
    for (let n = 0; n < before; n++) usage.record(callRecord(call))
    await usage.written()
    isLost = true
    usage.record(callRecord(call))
    await usage.written()
    isLost = false
    usage.record(callRecord(call))
    const [sum] = await readUsage(await usage.written(), { ...EVER, by: 'MODEL', filter: {}, now: NOON, limit: 10 })
    expect(sum?.calls).toBe(before + 2)
    await usage.close()
    await close()
  })

  test('drops what comes when 10,000 calls wait, and what can never be written, and counts both', async () => {
    const { usage, calls, failWith, close } = await opened(() => {})
    failWith(new Fault('SERVICE_UNAVAILABLE', 'away'))
    for (let n = 0; n < 10_010; n++) usage.record(callRecord())
    await usage.written()
    expect(usage.dropped()).toBe(10)
    failWith(new Error('this row breaks a rule'))
    await usage.written()
    expect(usage.dropped()).toBe(10_010)
    failWith(null)
    usage.record(callRecord())
    expect(await calls()).toHaveLength(1)
    await close()
  })

  test('knows whether a caller has tokens left, by all replicas and what it has not written yet, in days of UTC', async () => {
    const one = await opened()
    const other = createUsage(one.activity, { callDays: 60, clock: () => NOON, onError: fail }, createBacklog())
    one.usage.record(callRecord({ ...at('2026-03-03T23:59:59Z'), usage: tokens(1_000) }))
    one.usage.record(callRecord({ ...at('2026-03-04T01:00:00Z'), usage: tokens(60, 20) }))
    one.usage.record(callRecord({ ...at('2026-03-04T01:00:00Z'), usage: null, usageSource: 'MISSING' }))
    expect([await one.usage.hasTokensLeft('caller', 81), await one.usage.hasTokensLeft('caller', 80)]).toEqual([true, false])
    expect(await other.hasTokensLeft('caller', 80), 'not written yet').toBe(true)
    await one.usage.written()
    other.record(callRecord({ ...at('2026-03-04T02:00:00Z'), usage: tokens(20) }))
    expect([await other.hasTokensLeft('caller', 101), await other.hasTokensLeft('caller', 100)]).toEqual([true, false])
    expect(await one.usage.hasTokensLeft('another', 1)).toBe(true)
    await other.close()
    expect(await one.usage.hasTokensLeft('caller', 100)).toBe(false)
    await one.close()
  })

  test('counts by whole days what has no sums of hours any more, also where a time ends within the last such day', async () => {
    const { activity, usage, sums, close } = await opened()
    const boundary = NOON.getTime() - 31 * DAY
    for (const hours of [-5, 2, 25]) usage.record(callRecord({ startedAt: boundary + hours * HOUR, providerName: `${hours}` }))
    await usage.written()
    await deleteOldUsage(activity, NOON, 60, new AbortController().signal)
    const counted = async (from: number, until: number) =>
      (await sums('DAY', { from: new Date(boundary + from * HOUR), until: new Date(boundary + until * HOUR) })).map(({ calls }) => calls)
    expect(await counted(-100, 1)).toEqual([2])
    expect(await counted(-6, 1)).toEqual([2])
    expect(await counted(-100, 26)).toEqual([2, 1])
    expect(await counted(1, 3)).toEqual([1])
    await close()
  })

  test('forgets single calls after their days, sums of hours after 31 days, and those of days after 400, with their names', async () => {
    const { usage, activity, sums, calls, close } = await opened()
    const ago = (days: number, name: string) =>
      usage.record(callRecord({ startedAt: NOON.getTime() - days * DAY, providerId: name, providerName: name }))
    for (const days of [0, 59, 61, 399, 402]) ago(days, `${days} days`)
    for (let n = 0; n < 2_500; n++) ago(100, 'many')
    await usage.written()
    await deleteOldUsage(activity, NOON, 60, new AbortController().signal)
    expect((await calls()).map(({ providerName }) => providerName)).toEqual(['0 days', '59 days'])
    expect((await sums('PROVIDER')).map(({ key }) => key)).toEqual(['many', '0 days', '399 days', '59 days', '61 days'])
    expect((await sums('HOUR')).map(({ calls: count }) => count)).toEqual([1])
    // Of a day without sums of hours, whoever asks for a part of it gets the whole.
    const part = [NOON.getTime() - 100 * DAY + HOUR, NOON.getTime() - 100 * DAY + 2 * HOUR].map((time) => new Date(time))
    const [from = NOON, until = NOON] = part
    expect((await sums('PROVIDER', { from, until })).map(({ calls: count }) => count)).toEqual([2_500])
    expect((await readNames(activity, ['402 days', '399 days'])).size).toBe(1)
    await close()
  })
})

test.each([
  ['a call without figures', {}, 1],
  ['one that the caller left', { outcome: 'CALLER_LEFT' }, 1],
  ['a broken stream', { outcome: 'STREAM_BROKEN' }, 1],
  ['one with figures', { usageSource: 'REPORTED' }, 0],
  ['one that reached no vendor', { attempts: 0, outcome: 'CALLER_LEFT' }, 0],
  ['a refusal of the vendor', { outcome: 'CALLER_ERROR' }, 0],
  ['a list of models', { kind: 'MODELS' }, 0],
  ['a count of tokens', { kind: 'COUNT_TOKENS' }, 0],
] as const)('figures are missing of what a vendor may have counted: %s', (_what, call, missing) => {
  const row = toCallRow(callRecord({ usage: null, usageSource: 'MISSING', ...call }))
  expect(sumCalls(row === null ? [] : [row]).map(({ missingUsage }) => missingUsage)).toEqual([missing])
})

test('times to the first byte are in classes that hold their ends, and a percentile is between the ends of its class', () => {
  expect([0, 10, 11, 20, 120_000, 120_001].map(firstByteClass)).toEqual([0, 0, 1, 1, 22, 23])
  expect(FIRST_BYTE_COLUMNS).toHaveLength(24)
  // 10 up to 10 ms, 10 up to 20 ms, and 20 beyond the last end.
  const counts = [10, 10, ...Array<number>(21).fill(0), 20]
  expect([5, 25, 26, 50, 51, 100].map((percent) => percentile(counts, percent))).toEqual([2, 10, 10, 20, 120_000, 120_000])
  expect(percentile([0, 0], 50)).toBeNull()
})
