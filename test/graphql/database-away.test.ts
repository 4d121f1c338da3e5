import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'
import { startPostgres } from '../support/postgres.ts'
import { CREATE, uniqueName } from '../support/providers.ts'
import { runWorker } from '../support/run-worker.ts'
import { subscribe } from '../support/subscription.ts'
import { testDatabaseKind } from '../support/test-database.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

const READ = '{ providers { totalCount } }'

function writeOnce(gateway: TestGateway) {
  return gateway.graphql(CREATE, { input: { name: uniqueName(), type: 'OPENAI', baseUrl: 'https://api.example.com/v1' } })
}

async function expectUnavailable(answers: Promise<{ status: number; headers: Headers; text: string }>): Promise<void> {
  const { status, headers, text } = await answers
  expect(`${status} ${text}`).toMatch(/^503 .*SERVICE_UNAVAILABLE/)
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  expect(text).not.toMatch(/prisma|ECONN|postgres|SQLITE/i)
}

async function expectRecovery(gateway: TestGateway, withinMs: number): Promise<void> {
  const started = performance.now()
  while ((await gateway.graphql(READ)).status !== 200) {
    expect(performance.now() - started).toBeLessThan(withinMs)
    await sleep(50)
  }
  expect((await gateway.fetch('/readyz')).status).toBe(200)
  expect((await writeOnce(gateway)).status).toBe(200)
}

describe.runIf(testDatabaseKind === 'postgresql')('a gateway whose PostgreSQL goes away', () => {
  const server = useStarted(startPostgres)
  const gateway = useGateway(async () => ({ environment: { DATABASE_URL: await server.freshUrl() } }))

  test.each([1, 2, 3])('says so, and goes on by itself when it is back (%s)', async () => {
    const changes = await subscribe<object>(gateway, 'subscription { providerChanged { action } }')
    await server.kill()
    await expectUnavailable(gateway.graphql(READ))
    await expectUnavailable(writeOnce(gateway))
    const coder = await gateway.fetch('/api/v2/ai/providers', { headers: { authorization: `Bearer ${gateway.adminToken}` } })
    expect([coder.status, coder.headers.has('retry-after')]).toEqual([503, true])
    expect((await gateway.fetch('/healthz')).status).toBe(200)
    expect((await gateway.fetch('/readyz')).status).toBe(503)
    await server.start()
    await expectRecovery(gateway, 5_000)
    expect(await changes.atLeast(1)).toEqual([{ providerChanged: { action: 'CREATED' } }])
    changes.leave()
  })

  test('names in its log by which code the database failed, for each way to ask, and nothing that the server says', async () => {
    const lines: string[] = []
    const other = await startTestGateway({ log: (line) => lines.push(line), environment: { DATABASE_URL: await server.freshUrl() } })
    const headers = { authorization: `Bearer ${other.adminToken}` }
    await server.kill()
    await expectUnavailable(other.graphql(READ))
    await other.fetch('/api/v2/ai/providers', { headers })
    await other.fetch('/ai/openai/v1/models', { headers })
    const failures = lines.filter((line) => line.includes('the database failed')).map((line) => JSON.parse(line))
    expect(failures).toHaveLength(3)
    for (const { error, requestId } of failures) {
      expect(error).toEqual({ code: expect.stringMatching(/^\w+$/) })
      expect(requestId).toMatch(/^[0-9a-f-]{36}$/)
    }
    await server.start()
    await other.close()
  })

  test('stops at once while it is away', async () => {
    const other = await startTestGateway({ environment: { DATABASE_URL: await server.freshUrl() } })
    await server.kill()
    const started = performance.now()
    await other.stop()
    expect(performance.now() - started).toBeLessThan(5_000)
    await server.start()
    await other.close()
  })
})

describe.runIf(testDatabaseKind === 'sqlite')('a gateway whose SQLite file another process holds', () => {
  test('reads on, waits for some seconds with writes, says so when that is too long, and goes on', async () => {
    const gateway = await startTestGateway()
    const holder = runWorker(gateway.databaseUrl, 'holdLong')
    await holder.begun
    const refused = expectUnavailable(writeOnce(gateway))
    expect((await gateway.graphql(READ)).status).toBe(200)
    await refused
    await holder.finished
    await expectRecovery(gateway, 5_000)
    await gateway.close()
  })
})
