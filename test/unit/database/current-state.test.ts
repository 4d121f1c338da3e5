import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { migrate } from '../../../src/database/migrate.ts'
import { oncePerTurn } from '../../../src/database/once-per-turn.ts'
import { oneAtATime } from '../../../src/database/one-at-a-time.ts'
import { readTogether } from '../../../src/database/read-together.ts'
import { describeDatabases } from '../../support/databases.ts'
import { auditRow, providerRow } from '../../support/rows.ts'
import { runWorker } from '../../support/run-worker.ts'

describeDatabases('the state of the data', (databases, kind) => {
  test('stays while nothing is committed, whatever is read or taken back', async () => {
    const database = await databases.open()
    const state = await database.currentState()
    expect(state).not.toBeNull()
    await database.prisma.provider.count()
    await database.write(() => Promise.reject(new Error('taken back'))).catch(() => {})
    expect(await database.currentState()).toBe(state)
  })

  test('is a greater one after every commit of any connection, before a read shows it to be missing', async () => {
    const url = await databases.freshUrl()
    const [one, other] = [await databases.open(url), await databases.open(url)]
    await migrate(one)
    let known = (await one.currentState()) ?? 0
    for (let round = 0; round < 50; round++) {
      await (round % 2 === 0 ? one : other).write((tx) => tx.provider.create({ data: providerRow(`provider-${round}`) }))
      const state = (await one.currentState()) ?? 0
      expect(state).toBeGreaterThan(known)
      expect(await one.prisma.provider.count()).toBe(round + 1)
      known = state
    }
  })

  test('is never the same for two reads that differ, while another process writes', async () => {
    const url = await databases.freshUrl()
    const database = await databases.open(url)
    await migrate(database)
    const counts = new Map<number, number>()
    const worker = runWorker(url, 'write')
    let isOver = false
    void worker.finished.finally(() => {
      isOver = true
    })
    while (!isOver) {
      const before = (await database.currentState()) ?? -1
      const count = await database.prisma.auditEvent.count()
      const isSame = (await database.currentState()) === before
      // Lets the end of the worker be heard: on SQLite nothing else here waits for anything.
      await setImmediate()
      if (!isSame) continue
      expect(counts.get(before) ?? count).toBe(count)
      counts.set(before, count)
    }
    expect(await worker.finished).toContain('200 rows')
    expect(counts.size).toBeGreaterThan(5)
  })

  test('is told to many at once, and to each as it was when they asked or later', async () => {
    const database = await databases.open()
    const states: number[] = []
    for (let round = 0; round < 10; round++) {
      await database.write((tx) => tx.auditEvent.create({ data: auditRow('test') }))
      const asked = await Promise.all(Array.from({ length: 20 }, () => database.currentState()))
      expect(Math.min(...asked.map((state) => state ?? -1))).toBeGreaterThan(states.at(-1) ?? -1)
      states.push(Math.max(...asked.map((state) => state ?? -1)))
    }
  })

  test.runIf(kind === 'postgresql')('is another one on a new connection, which a server that lost commits may be behind', async () => {
    const url = await databases.freshUrl()
    const [database, other] = [await databases.open(url), await databases.open(url)]
    await migrate(database)
    const state = (await database.currentState()) ?? 0
    expect(await database.currentState()).toBe(state)
    // The connections that stood idle are cut, as when the server that had them is gone.
    await other.prisma.$queryRawUnsafe(
      'SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    )
    await expect.poll(() => database.currentState().catch(() => 0)).toBeGreaterThan(state)
  })

  test.runIf(kind === 'postgresql')('is not told while the row that numbers it is missing, because no write could change it', async () => {
    const database = await databases.open()
    await database.currentState()
    await database.prisma.revision.deleteMany()
    expect([await database.currentState(), await database.currentState()]).toEqual([null, null])
  })

  test.runIf(kind === 'sqlite')('does not keep the journal of SQLite from being emptied', async () => {
    const database = await databases.open()
    await database.currentState()
    await database.write((tx) => tx.auditEvent.create({ data: auditRow('test') }))
    await database.currentState()
    const [row] = await database.prisma.$queryRawUnsafe<{ busy: number | bigint }[]>('PRAGMA wal_checkpoint(TRUNCATE)')
    expect(Number(row?.busy)).toBe(0)
  })
})

describe('what many ask for at once', () => {
  /** Runs that end when they are told to. */
  const heldRuns = () => {
    const ends: ((error?: Error) => void)[] = []
    const ask = oneAtATime(() => {
      const run = ends.length + 1
      return new Promise<number>((resolve, reject) => ends.push((error) => (error === undefined ? resolve(run) : reject(error))))
    })
    return { ends, ask }
  }

  test('is never told from a run that began before it was asked for, and all who wait share the next one', async () => {
    const { ends, ask } = heldRuns()
    const asked = [ask(), ask(), ask()]
    await setImmediate()
    expect(ends).toHaveLength(1)
    ends[0]?.()
    await setImmediate()
    asked.push(ask())
    expect(ends).toHaveLength(2)
    ends[1]?.()
    await setImmediate()
    ends[2]?.()
    expect(await Promise.all(asked)).toEqual([1, 2, 2, 3])
  })

  test('is asked for again behind a run that failed, and the failure is told to its own askers alone', async () => {
    const { ends, ask } = heldRuns()
    const asked = Promise.allSettled([ask(), ask()])
    ends[0]?.(new Error('away'))
    await setImmediate()
    ends[1]?.()
    expect(await asked).toEqual([
      { status: 'rejected', reason: new Error('away') },
      { status: 'fulfilled', value: 2 },
    ])
  })

  test('is read once in a turn of the event loop, when all of them have asked, and anew in the next one', async () => {
    let reads = 0
    const read = oncePerTurn(() => ++reads)
    const asked = [read(), read()]
    expect(reads).toBe(0)
    expect(await Promise.all(asked)).toEqual([1, 1])
    expect(await read()).toBe(2)

    const batches: (readonly string[])[] = []
    const find = readTogether(async (ids) => {
      batches.push(ids)
      return new Map(ids.filter((id) => id !== 'missing').map((id) => [id, `of ${id}`]))
    })
    expect(await Promise.all(['a', 'missing', 'a'].map((id) => find(id)))).toEqual(['of a', null, 'of a'])
    expect(await find('a')).toBe('of a')
    expect(batches).toEqual([['a', 'missing'], ['a']])
  })
})
