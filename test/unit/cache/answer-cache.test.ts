import { describe, expect, test } from 'vitest'
import { createAnswerCache, type Produced } from '../../../src/cache/answer-cache.ts'
import { requestKey } from '../../../src/cache/request-key.ts'

const answerOf = (body: string, isReproducible = true): Produced => ({ answer: { status: 200, body }, isReproducible, route: 'test' })
const give =
  (...given: Parameters<typeof answerOf>) =>
  async () =>
    answerOf(...given)
const bodyOf = (produced: Produced | undefined) => produced?.answer?.body?.toString()
const never = () => Promise.reject(new Error('It was not to be made.'))

describe('the answers in memory', () => {
  test('count in the state that they were made in alone', async () => {
    const cache = createAnswerCache(100_000)
    await cache.produce({ state: 1, key: 'a' }, give('one'))
    expect(bodyOf(cache.find({ state: 1, key: 'a' }))).toBe('one')
    expect(cache.find({ state: 2, key: 'a' })).toBeUndefined()
    expect(cache.find({ state: 1, key: 'b' })).toBeUndefined()
    await cache.produce({ state: 2, key: 'a' }, give('two'))
    expect(bodyOf(cache.find({ state: 2, key: 'a' }))).toBe('two')
    expect(cache.statistics()).toMatchObject({ hits: 2, misses: 2, answers: 1, evictions: 0 })
  })

  test('are not replaced by one of an older state that took longer', async () => {
    const cache = createAnswerCache(100_000)
    let finish = (_produced: Produced): void => {}
    const slow = cache.produce({ state: 1, key: 'a' }, () => new Promise((resolve) => (finish = resolve)))
    await cache.produce({ state: 2, key: 'a' }, give('new'))
    finish(answerOf('old'))
    expect((await slow).answer?.body).toBe('old')
    expect(bodyOf(cache.find({ state: 2, key: 'a' }))).toBe('new')
  })

  test('take no more bytes than they may; the least lately used go first', async () => {
    const cache = createAnswerCache(10_000)
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) await cache.produce({ state: 1, key }, give('x'.repeat(1_000)))
    const { bytes, evictions, answers } = cache.statistics()
    expect(bytes).toBeLessThanOrEqual(10_000)
    expect([answers, evictions]).toEqual([4, 2])
    expect(cache.find({ state: 1, key: 'a' })).toBeUndefined()
    await cache.produce({ state: 1, key: 'huge' }, give('x'.repeat(20_000)))
    expect(cache.find({ state: 1, key: 'huge' })).toBeUndefined()
    expect(cache.find({ state: 1, key: 'f' })).toBeDefined()
  })

  test('hold on to no memory but their own', async () => {
    const cache = createAnswerCache(100_000)
    // As a small body comes: in a block that it shares with others.
    const shared = Buffer.from('one')
    expect(shared.buffer.byteLength).toBeGreaterThan(shared.length)
    await cache.produce({ state: 1, key: 'a' }, async () => ({ ...answerOf(''), answer: { status: 200, body: shared } }))
    const kept = cache.find({ state: 1, key: 'a' })?.answer?.body
    expect(kept?.toString()).toBe('one')
    expect(Buffer.isBuffer(kept) && kept.buffer.byteLength).toBe(shared.length)
  })

  test('are none while the state is unknown, and when nothing may be kept', async () => {
    const [unknown, off] = [createAnswerCache(100_000), createAnswerCache(0)]
    await unknown.produce({ state: null, key: 'a' }, give('one'))
    expect(unknown.find({ state: null, key: 'a' })).toBeUndefined()
    await off.produce({ state: 1, key: 'a' }, give('one'))
    expect(off.find({ state: 1, key: 'a' })).toBeUndefined()
    expect(off.statistics()).toEqual({ hits: 0, misses: 0, evictions: 0, answers: 0, bytes: 0 })
  })

  test('are not those that must be made each time', async () => {
    const cache = createAnswerCache(100_000)
    await cache.produce({ state: 1, key: 'a' }, give('one', false))
    expect(cache.find({ state: 1, key: 'a' })).toBeUndefined()
  })
})

test('the key of a request differs with everything that decides its answer, and is no body', () => {
  interface Asked {
    readonly role: 'VIEWER' | 'ADMIN'
    readonly method: string
    readonly url: string
    readonly headers: Record<string, string>
    readonly body: string
  }
  const base: Asked = { role: 'VIEWER', method: 'POST', url: '/a', headers: { accept: 'a', 'content-type': 'b' }, body: 'sk-in-a-body' }
  const others: Partial<Asked>[] = [
    ...[{}, { role: 'ADMIN' } as const, { method: 'GET' }, { url: '/b' }, { body: '' }, { body: 'other' }, { headers: { accept: 'a' } }],
    ...[{ headers: { 'content-type': 'b' } }, { headers: { accept: 'b', 'content-type': 'a' } }],
  ]
  const requests = others.map((other) => ({ ...base, ...other }))
  const keys = requests.map(({ role, method, url, headers, body }) => requestKey({ role }, { method, url, headers }, Buffer.from(body)))
  expect(new Set(keys).size).toBe(requests.length)
  expect(keys.join()).not.toContain('sk-in')
})

describe('requests at the same time', () => {
  test('for what was kept before wait for one that makes it', async () => {
    const cache = createAnswerCache(100_000)
    await cache.produce({ state: 1, key: 'a' }, give('one'))
    let made = 0
    const make = async () => {
      made += 1
      return answerOf('two')
    }
    const answers = await Promise.all([1, 2, 3].map(() => cache.produce({ state: 2, key: 'a' }, make)))
    expect(answers.map(({ answer }) => answer?.body)).toEqual(['two', 'two', 'two'])
    expect(made).toBe(1)
  })

  test('never wait for one of another state, nor for what was never kept', async () => {
    const cache = createAnswerCache(100_000)
    await cache.produce({ state: 1, key: 'a' }, give('one'))
    const endless = () => new Promise<Produced>(() => {})
    void cache.produce({ state: 2, key: 'a' }, endless)
    expect((await cache.produce({ state: 3, key: 'a' }, give('three'))).answer?.body).toBe('three')
    void cache.produce({ state: 1, key: 'stream' }, endless)
    expect((await cache.produce({ state: 1, key: 'stream' }, give('mine', false))).answer?.body).toBe('mine')
  })

  test('make their own when the one they waited for may not be given to another', async () => {
    const cache = createAnswerCache(100_000)
    await cache.produce({ state: 1, key: 'a' }, give('old'))
    const first = cache.produce({ state: 2, key: 'a' }, give('for the first alone', false))
    const second = cache.produce({ state: 2, key: 'a' }, give('for the second'))
    expect([bodyOf(await first), bodyOf(await second)]).toEqual(['for the first alone', 'for the second'])
  })

  test('wait on for the one of their state when one of an older state ends', async () => {
    const cache = createAnswerCache(100_000)
    await cache.produce({ state: 1, key: 'a' }, give('old'))
    const finish: ((produced: Produced) => void)[] = []
    const made = (state: number) => cache.produce({ state, key: 'a' }, () => new Promise((resolve) => finish.push(resolve)))
    const [older, newer] = [made(2), made(3)]
    finish[0]?.(answerOf('older'))
    await older
    const third = cache.produce({ state: 3, key: 'a' }, never)
    finish[1]?.(answerOf('newer'))
    expect([bodyOf(await newer), bodyOf(await third)]).toEqual(['newer', 'newer'])
  })

  test('make their own when the one they waited for fails', async () => {
    const cache = createAnswerCache(100_000)
    await cache.produce({ state: 1, key: 'a' }, give('one'))
    const failing = cache.produce({ state: 2, key: 'a' }, never)
    const waiting = cache.produce({ state: 2, key: 'a' }, give('two'))
    await expect(failing).rejects.toThrow('not to be made')
    expect((await waiting).answer?.body).toBe('two')
  })
})
