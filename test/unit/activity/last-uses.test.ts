import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { activityFile, openActivity, openActivityIfThere } from '../../../src/activity/activity.ts'
import { keepLastUsesClean } from '../../../src/activity/clean-last-uses.ts'
import { readAllLastUses, trackLastUses } from '../../../src/activity/last-uses.ts'
import { migrate } from '../../../src/database/migrate.ts'
import { readRevision } from '../../../src/database/revision.ts'
import { describeDatabases } from '../../support/databases.ts'
import { providerRow, tokenRow } from '../../support/rows.ts'

const fail = (error: unknown) => {
  throw error
}
const [EARLY, LATE] = [new Date('2026-03-04T05:06:07.089Z'), new Date('2026-03-04T05:06:08.000Z')]

test.each([
  ['/data/gateway.db', '/data/gateway-activity.db'],
  ['/data/gateway', '/data/gateway-activity.db'],
  ['/my.data/a.b.sqlite', '/my.data/a.b-activity.sqlite'],
])('the activity of %s is in %s', (file, expected) => {
  expect(activityFile(file)).toBe(expected)
})

describeDatabases('when something was last used', (databases) => {
  test('is no change of the data: neither the revision nor the state of answers in memory moves', async () => {
    const database = await databases.open()
    const activity = await openActivity(database, () => {})
    const lastUses = trackLastUses(activity, fail)
    let woken = 0
    const stop = database.onWrite(() => {
      woken += 1
    })
    const before = [await readRevision(database), await database.currentState()]
    for (let n = 0; n < 1_203; n++) lastUses.record(`used ${n}`, EARLY)
    await lastUses.flush()
    expect((await readAllLastUses(activity)).size).toBe(1_203)
    expect([await readRevision(database), await database.currentState()]).toEqual(before)
    stop()
    if (database.kind === 'sqlite') expect(woken).toBe(0)
    await lastUses.close()
    await activity.close()
  })

  test('is known at once where it was used, and to all others when it was written down', async () => {
    const database = await databases.open()
    const activity = await openActivity(database, () => {})
    const [here, there] = [trackLastUses(activity, fail), trackLastUses(activity, fail)]
    here.record('a', EARLY)
    expect([await here.find('a'), await there.find('a'), await here.find('b')]).toEqual([EARLY, null, null])
    await here.flush()
    expect(await Promise.all(['a', 'b', 'a'].map((id) => there.find(id)))).toEqual([EARLY, null, EARLY])
    await here.close()
    await there.close()
    await activity.close()
  })

  test('never goes back, whichever replica writes last', async () => {
    const database = await databases.open()
    const activity = await openActivity(database, () => {})
    const [here, there] = [trackLastUses(activity, fail), trackLastUses(activity, fail)]
    here.record('a', LATE)
    there.record('a', EARLY)
    await here.close()
    await there.close()
    expect(await readAllLastUses(activity)).toEqual(new Map([['a', LATE]]))
    await activity.close()
  })

  test('is kept for the next flush when it cannot be written', async () => {
    const database = await databases.open()
    const activity = await openActivity(database, () => {})
    const errors: unknown[] = []
    let isAway = true
    const write: typeof activity.write = async (work) => {
      if (!isAway) return activity.write(work)
      // A later use, while an earlier one cannot be written.
      lastUses.record('b', LATE)
      throw new Error('away')
    }
    const lastUses = trackLastUses({ ...activity, write }, (error) => errors.push(error))
    lastUses.record('a', EARLY)
    lastUses.record('b', EARLY)
    await lastUses.flush()
    expect(errors).toHaveLength(1)
    isAway = false
    await lastUses.close()
    expect(await readAllLastUses(activity)).toEqual(
      new Map([
        ['a', EARLY],
        ['b', LATE],
      ]),
    )
    await activity.close()
  })

  test('is forgotten of tokens and keys that are gone, in pages, and kept of those that are there', async () => {
    const database = await databases.open()
    const activity = await openActivity(database, () => {})
    const { id } = await database.write((transaction) => transaction.accessToken.create({ data: tokenRow() }))
    const apiKey = { id: 'a key that is there', masked: '', createdAt: EARLY }
    await database.write((transaction) => transaction.provider.create({ data: providerRow('used', { apiKeys: { create: apiKey } }) }))
    const lastUses = trackLastUses(activity, fail)
    for (let n = 0; n < 1_203; n++) lastUses.record(`gone ${n}`, EARLY)
    for (const there of [id, apiKey.id]) lastUses.record(there, EARLY)
    await lastUses.close()
    const before = await readRevision(database)
    const cleaning = keepLastUsesClean(database, activity, fail)
    const kept = [id, apiKey.id].map((there) => [there, EARLY] as const)
    await expect.poll(() => readAllLastUses(activity)).toEqual(new Map(kept))
    await cleaning.close()
    expect(await readRevision(database), 'it is no change of the data').toBe(before)
    await activity.close()
  })

  test('is looked for without making anything', async () => {
    const database = await databases.open(await databases.freshUrl())
    await migrate(database)
    const activity = await openActivityIfThere(database)
    if (database.file === null) return expect(activity).not.toBeNull()
    expect(activity).toBeNull()
    expect(existsSync(activityFile(database.file))).toBe(false)
  })
})
