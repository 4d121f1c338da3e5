import { describe, expect, test } from 'vitest'
import { generateKeyText } from '../../src/crypto/keyring.ts'
import { openDatabase } from '../../src/database/client.ts'
import { startTestGateway } from '../support/gateway.ts'
import { hasPgBouncer, startPgBouncer } from '../support/pgbouncer.ts'
import { postgresPrograms, startPostgres } from '../support/postgres.ts'
import { writerOf } from '../support/providers.ts'

const WRITERS = 30
const READ = 'query ($id: ID!) { provider(by: { id: $id }) { displayName version } }'
const EACH_MODE = ['session', 'transaction'] as const

describe.skipIf(postgresPrograms === null || !hasPgBouncer)("PgBouncer's defaults, in front of PostgreSQL and behind two replicas", () => {
  test.each(EACH_MODE)('serve in %s mode: both migrate, write and read what the other one wrote, and none fails', async (mode) => {
    const server = await startPostgres()
    const pooler = await startPgBouncer(server, mode)
    const environment = { DATABASE_URL: pooler.through(await server.freshUrl()), ENCRYPTION_KEYS: generateKeyText() }
    const [one, other] = await Promise.all([startTestGateway({ environment }), startTestGateway({ environment })])
    const [first, second] = [writerOf(one), writerOf(other)]
    const { id } = await first.created({})
    const outcomes = await Promise.all(
      Array.from({ length: WRITERS }, (_, index) => (index % 2 === 0 ? first : second).update(id, { displayName: `writer ${index}` })),
    )
    expect(outcomes.map(({ __typename }) => __typename)).toEqual(Array(WRITERS).fill('UpdateProviderPayload'))
    for (let round = 0; round < 10; round++) {
      const { displayName } = await first.updated(id, { displayName: `round ${round}` })
      expect(await other.ask(READ, { id })).toEqual({ provider: { displayName, version: WRITERS + 2 + round } })
    }
    await Promise.all([one.close(), other.close()])
    await pooler.stop()
    await server.stop()
  })

  test.each(EACH_MODE)('keep in %s mode the time that a statement may take, and leave nothing of it to others', async (mode) => {
    const server = await startPostgres()
    const pooler = await startPgBouncer(server, mode)
    const url = pooler.through(await server.freshUrl())
    const database = await openDatabase(`${url}?statement_timeout=200`)
    await database.prisma.$executeRaw`CREATE TABLE revisions (id INT, value INT)`
    const slow = database.write((tx) => tx.$queryRaw`SELECT pg_sleep(30)::text`)
    await expect(slow).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    const show = () => database.prisma.$queryRaw`SELECT current_setting('statement_timeout') AS value`
    expect(await Promise.all(Array.from({ length: 8 }, show))).toEqual(Array(8).fill([{ value: '0' }]))
    await database.close()
    await pooler.stop()
    await server.stop()
  })

  test('say what to do about a schema that they do not keep', async () => {
    const server = await startPostgres()
    const pooler = await startPgBouncer(server, 'transaction')
    const url = pooler.through(await server.freshUrl())
    await expect(openDatabase(`${url}?schema=gateway`)).rejects.toThrow('ALTER ROLE <role> SET search_path = "gateway"')
    await pooler.stop()
    await server.stop()
  })
})
