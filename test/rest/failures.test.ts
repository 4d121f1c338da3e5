import { beforeAll, describe, expect, it } from 'vitest'
import { Fault } from '../../src/errors.ts'
import { REFUSALS } from '../../src/rest/coder/errors.ts'
import { type CoderAnswer, coderClient, newProvider, PROVIDERS } from '../support/coder-client.ts'
import { withStore } from '../support/store.ts'
import { useGateway } from '../support/use.ts'

const gateway = useGateway()
const client = coderClient(gateway)
beforeAll(async () => {
  // Everything but the tokens is out of order from here on.
  await withStore(gateway, (store) => store.$executeRawUnsafe('ALTER TABLE providers RENAME TO providers_elsewhere'))
})

describe('failures of the gateway, in the words of Coder (Coder contract, section 1.3)', () => {
  it.each<[string, () => Promise<CoderAnswer>]>([
    ['Internal error listing AI providers.', () => client.send('GET', PROVIDERS)],
    ['Internal error fetching AI provider.', () => client.get('a')],
    ['Internal error creating AI provider.', () => client.create(newProvider({ api_keys: ['sk-fixture-key'] }))],
    ['Internal error updating AI provider.', () => client.patch('a', { icon: 'sk-fixture-key' })],
    ['Internal error deleting AI provider.', () => client.remove('a')],
    ['Internal error testing AI provider.', () => client.test('a')],
  ])('says "%s", which request it was, and nothing of the cause', async (message, ask) => {
    const answer = await ask()
    expect([answer.status, answer.body.message]).toEqual([500, message])
    expect(answer.body.detail).toContain(answer.headers.get('x-request-id') ?? 'none')
    expect(answer.text).not.toMatch(/sqlite|prisma|table|fixture/i)
  })

  it('words a limit and an absence with the time to wait', () => {
    const limited = REFUSALS.fault(new Fault('RATE_LIMITED', 'Too many.', { retryAfterSeconds: 7 }), 'listProviders')
    expect([limited.status, limited.headers?.['retry-after']]).toEqual([429, '7'])
    expect(String(limited.body)).toContain("You've been rate limited for sending")
    expect(REFUSALS.fault(new Fault('SERVICE_UNAVAILABLE', 'Away.', { retryAfterSeconds: 1 }), null).status).toBe(503)
  })
})

describe('failures of the gateway, in the words of the other dialects', () => {
  const fields = { provider_id: 'a', provider_name: 'A', api_key: 'sk-fixture-key' }
  const RESPAN: [string, string, unknown][] = [
    ['GET', '/respan/api/providers/', undefined],
    ['POST', '/respan/api/providers/', fields],
    ['GET', '/respan/api/providers/a/', undefined],
    ['PATCH', '/respan/api/providers/a/', fields],
    ['PUT', '/respan/api/providers/a/', fields],
    ['DELETE', '/respan/api/providers/a/', undefined],
  ]
  const upsert = { name: 'a', apiKey: 'sk-fixture-key' }
  const ZIRI: [string, string, unknown][] = [
    ['GET', '/ziri/api/providers', undefined],
    ['POST', '/ziri/api/providers', upsert],
    ['GET', '/ziri/api/providers/a', undefined],
    ['PUT', '/ziri/api/providers/a', upsert],
    ['DELETE', '/ziri/api/providers/a', undefined],
    ['POST', '/ziri/api/providers/a/test', undefined],
  ]

  const failing = async (method: string, path: string, body: unknown): Promise<unknown> => {
    const headers = { authorization: `Bearer ${gateway.adminToken}`, 'content-type': 'application/json' }
    const response = await gateway.fetch(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    const text = await response.text()
    expect([response.status, text]).toEqual([500, expect.stringContaining(response.headers.get('x-request-id') ?? 'none')])
    expect(text).not.toMatch(/sqlite|prisma|table|fixture/i)
    return JSON.parse(text)
  }

  it.each(RESPAN)('%s %s is a `detail` with `error_code` (Respan contract, section B3)', async (method, path, body) => {
    expect(await failing(method, path, body)).toEqual({ detail: expect.any(String), error_code: 'INTERNAL_ERROR' })
  })

  it.each(ZIRI)('%s %s is an `error` with `code` (ZIRI contract, "error bodies")', async (method, path, body) => {
    expect(await failing(method, path, body)).toEqual({ error: expect.any(String), message: expect.any(String), code: 'INTERNAL_ERROR' })
  })
})
