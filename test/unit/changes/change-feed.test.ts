import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { registerKeys } from '../../../src/api-keys/encryption-keys.ts'
import { recordAudit } from '../../../src/audit/record.ts'
import { GATEWAY_RULES } from '../../../src/auth/caller-rules.ts'
import { insertToken } from '../../../src/auth/create-access-token.ts'
import type { Caller } from '../../../src/auth/principal.ts'
import { type ChangeFeed, createChangeFeed } from '../../../src/changes/change-feed.ts'
import { type ProviderChange, readProviderChanges } from '../../../src/changes/provider-changes.ts'
import { createStream } from '../../../src/changes/stream.ts'
import { generateKeyText, parseKeyring } from '../../../src/crypto/keyring.ts'
import type { Database, TransactionClient } from '../../../src/database/client.ts'
import { migrate } from '../../../src/database/migrate.ts'
import { describeDatabases } from '../../support/databases.ts'
import { auditRow, providerRow } from '../../support/rows.ts'

const clock = () => new Date()
const subject = (subjectId: string) => ({ subjectType: 'provider', subjectId })
const caller: Caller = {
  principal: { kind: 'COMMAND_LINE', tokenId: 'id', tokenName: 'name', role: 'ADMIN', calls: null },
  channel: 'cli',
  rules: GATEWAY_RULES,
  requestId: 'test',
}

const keyring = parseKeyring(generateKeyText())

async function makeToken(database: Database): Promise<string> {
  await registerKeys(database, keyring, clock())
  const token = { name: 'test', role: 'VIEWER', expiresAt: null } as const
  return database.write((tx) => insertToken(tx, keyring, `token-${Math.random()}`, token, 'API', clock()))
}

/** A committed change; the transaction stays open for some milliseconds behind its audit event. */
async function change(database: Database, name: string, pauseMs = 0): Promise<string> {
  const row = providerRow(name)
  await database.write(async (tx) => {
    await tx.provider.create({ data: row })
    await recordAudit(tx, caller, { action: 'provider.created', subjectType: 'provider', subjectId: row.id }, clock())
    await sleep(pauseMs)
  })
  return name
}

async function take(stream: AsyncIterator<ProviderChange>, count: number): Promise<string[]> {
  const names: string[] = []
  while (names.length < count) {
    const { done, value } = await stream.next()
    if (done) throw new Error(`The stream ended after ${names.length} changes.`)
    names.push(value.providerName)
  }
  return names
}

describeDatabases('the feed', (databases, kind) => {
  let feeds: ChangeFeed[] = []
  afterEach(async () => {
    await Promise.all(feeds.map((feed) => feed.close()))
    feeds = []
  })
  const feedOf = (database: Database): ChangeFeed => {
    const feed = createChangeFeed({ database, keyring }, clock)
    feeds.push(feed)
    return feed
  }

  test('tells of each change once and in the order of commits, whoever made it', async () => {
    const url = await databases.freshUrl()
    const [one, other] = [await databases.open(url), await databases.open(url)]
    await migrate(one)
    const token = await makeToken(one)
    const streams = await Promise.all([one, other].map((database) => feedOf(database).subscribe(token, () => true)))
    const names = Array.from({ length: 40 }, (_, index) => `provider-${index}`)
    await Promise.all(names.map((name, index) => change(index % 2 === 0 ? one : other, name, Math.random() * 5)))
    const [first = [], second = []] = await Promise.all(streams.map((stream) => take(stream, names.length)))
    expect([...first].sort()).toEqual([...names].sort())
    expect(second).toEqual(first)
  })

  test('notices what another process wrote, though nothing told it', async () => {
    const url = await databases.freshUrl()
    const [one, other] = [await databases.open(url), await databases.open(url)]
    await migrate(one)
    const deaf = feedOf({ ...one, onWrite: () => () => {} })
    const stream = await deaf.subscribe(await makeToken(one), () => true)
    for (let round = 0; round < 3; round++) {
      const name = await change(other, `provider-${round}`)
      expect(await take(stream, 1)).toEqual([name])
    }
  })

  test('does not end a subscription that begins while it checks others', async () => {
    const database = await databases.open()
    const feed = feedOf(database)
    const first = await makeToken(database)
    const ended: string[] = []
    await feed.subscribe(first, () => true)
    for (let round = 0; round < 50; round++) {
      const [token] = await Promise.all([makeToken(database), change(database, `provider-${round}`)])
      void change(database, `beside-${round}`)
      const stream = await feed.subscribe(token, () => true)
      void stream.next().then(({ done }) => done && ended.push(token))
      await sleep(Math.random() * 3)
    }
    await sleep(100)
    expect(ended).toEqual([])
  })

  test('reads any number of changes in their order, each once, also those of one revision', async () => {
    const database = await databases.open()
    const rows = Array.from({ length: 1_203 }, (_, index) => providerRow(`provider-${String(index).padStart(4, '0')}`))
    await database.write(async (tx) => {
      await tx.provider.createMany({ data: rows })
      const events = rows.map(({ id }, index) => ({
        ...auditRow('provider.created'),
        ...{ ...subject(id), revision: index < 600 ? 7 : 8 + index },
      }))
      await tx.auditEvent.createMany({ data: events })
    })
    const changes = await readProviderChanges(database, { revision: 7, number: 0 }, 10_000)
    expect(changes.map(({ providerName }) => providerName)).toEqual(rows.map(({ name }) => name))
  })

  test('goes on behind the last change that was told, before what comes now, once and in order', async () => {
    const url = await databases.freshUrl()
    const [one, other] = [await databases.open(url), await databases.open(url)]
    await migrate(one)
    const token = await makeToken(one)
    const first = await feedOf(one).subscribe(token, () => true)
    await change(one, 'told')
    const { value: told } = await first.next()
    await first.return?.()
    const missed = Array.from({ length: 20 }, (_, index) => `missed-${index}`)
    for (const name of missed) await change(one, name)
    // At another replica, while more happens.
    const [second] = await Promise.all([
      feedOf(other).subscribe(token, () => true, told?.position),
      ...Array.from({ length: 20 }, (_, index) => change(one, `now-${index}`, Math.random() * 5)),
    ])
    const names = await take(second, 40)
    expect(names.slice(0, 20)).toEqual(missed)
    expect(new Set(names).size).toBe(40)
    await change(one, 'last')
    expect(await take(second, 1)).toEqual(['last'])
  })

  test('tells apart changes of one revision', async () => {
    const database = await databases.open()
    const token = await makeToken(database)
    const first = await feedOf(database).subscribe(token, () => true)
    const rows = [providerRow('first'), providerRow('second')]
    await database.write(async (tx) => {
      for (const data of rows) await tx.provider.create({ data })
      const { value } = await tx.revision.update({ where: { id: 1 }, data: { value: { increment: 1 } } })
      for (const { id } of rows) await tx.auditEvent.create({ data: { ...auditRow('provider.created'), ...subject(id), revision: value } })
    })
    const { value: told } = await first.next()
    expect(told?.providerName).toBe('first')
    expect(await take(await feedOf(database).subscribe(token, () => true, told?.position), 1)).toEqual(['second'])
  })

  test('refuses to go on from a place that the database has not reached, or that is too far back', async () => {
    const database = await databases.open()
    const token = await makeToken(database)
    const feed = feedOf(database)
    const from = (revision: number) => feed.subscribe(token, () => true, { revision, number: 0 }).catch((error: unknown) => error)
    expect(await from(1_000)).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('is not a cursor of this database'),
    })
    const { id } = await database.prisma.provider.create({ data: providerRow('busy') })
    await database.write((tx) =>
      tx.auditEvent.createMany({
        data: Array.from({ length: 1_001 }, () => ({ ...auditRow('provider.updated'), ...subject(id), revision: 1 })),
      }),
    )
    expect(await from(0)).toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining('too many changes') })
    expect(feed.statistics().subscriptions).toBe(0)
  })

  test('gives one token no more than half of all subscriptions, so that others find room', async () => {
    const database = await databases.open(await databases.freshUrl())
    await migrate(database)
    const [greedy, other] = [await makeToken(database), await makeToken(database)]
    const feed = feedOf(database)
    const open = (token: string, count: number) => Promise.all(Array.from({ length: count }, () => feed.subscribe(token, () => true)))
    const [stream] = await open(greedy, 500)
    await expect(feed.subscribe(greedy, () => true)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      message: expect.stringContaining('this token'),
    })
    await open(other, 500)
    await expect(feed.subscribe(await makeToken(database), () => true)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      message: expect.stringContaining('this gateway'),
    })
    await stream?.return?.()
    await open(greedy, 1)
    await feed.close()
    await expect(feed.subscribe(other, () => true)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
  })

  test.each([
    ['is gone', (tx: TransactionClient, id: string) => tx.accessToken.delete({ where: { id } })],
    [
      'is not as the gateway wrote it',
      (tx: TransactionClient, id: string) => tx.accessToken.update({ where: { id }, data: { role: 'ADMIN' } }),
    ],
  ])('ends a subscription whose token %s', async (_what, alter) => {
    const database = await databases.open()
    const token = await makeToken(database)
    const stream = await feedOf(database).subscribe(token, () => true)
    await database.write((tx) => alter(tx, token))
    expect(await stream.next()).toEqual({ done: true, value: undefined })
  })

  test('tells of no attempt, and of what a newer release did as an update', async () => {
    const database = await databases.open()
    const { id } = await database.prisma.provider.create({ data: providerRow('one') })
    const actions = ['provider.change_refused', 'provider.draft_tested', 'provider.moved', 'provider.deleted']
    await database.write((tx) =>
      tx.auditEvent.createMany({ data: actions.map((action) => ({ ...auditRow(action), ...subject(id), revision: 1 })) }),
    )
    expect((await readProviderChanges(database, { revision: 0, number: 0 }, 1)).map(({ action }) => action)).toEqual(['UPDATED', 'DELETED'])
  })

  test.runIf(kind === 'postgresql')('goes on when its connection is ended, and misses nothing', async () => {
    const url = await databases.freshUrl()
    const [one, other] = [await databases.open(`${url}?application_name=victim`), await databases.open(url)]
    await migrate(other)
    const stream = await feedOf(one).subscribe(await makeToken(other), () => true)
    for (let round = 0; round < 5; round++) {
      await other.prisma.$executeRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim'`
      const name = await change(other, `provider-${round}`)
      expect(await take(stream, 1)).toEqual([name])
    }
    const started = performance.now()
    while (!(await isListening(other))) await sleep(50)
    expect(performance.now() - started).toBeLessThan(8_000)
  })
})

/** Whether the victim has a connection that listens again. */
async function isListening({ prisma }: Database): Promise<boolean> {
  const rows = await prisma.$queryRaw<{ query: string }[]>`
    SELECT query FROM pg_stat_activity WHERE application_name = 'victim' AND query LIKE 'LISTEN%'`
  return rows.length > 0
}

test('a stream can be left while it waits, and ends when its reader falls far behind', async () => {
  let ended = 0
  const left = createStream<number>(10, () => (ended += 1))
  const waiting = left.next()
  await left.return?.()
  expect(await waiting).toEqual({ done: true, value: undefined })
  const slow = createStream<number>(2, () => (ended += 1))
  for (const item of [1, 2, 3, 4]) slow.push(item)
  expect(await slow.next()).toEqual({ done: false, value: 1 })
  expect(await slow.next()).toEqual({ done: false, value: 2 })
  expect(await slow.next()).toEqual({ done: true, value: undefined })
  expect(ended).toBe(2)
})
