import { describe, expect, test } from 'vitest'
import { useGateway } from '../support/use.ts'

const VIEWER = '{ viewer { role } }'
const WRONG = 'gw_AAAAAAAAAA_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
const DIALECTS = ['/api/v2/ai/providers', '/bifrost/api/providers', '/respan/api/providers/', '/ziri/api/providers'] as const
const APIS = ['/graphql?query={viewer{role}}', ...DIALECTS] as const
const gateway = useGateway({
  environment: { RATE_LIMIT_PER_MINUTE: '25', LOGIN_FAILURES_PER_MINUTE: '3', TRUSTED_PROXIES: '127.0.0.0/8' },
})

const get = (path: string, token: string, forwarded: string) =>
  gateway.fetch(path, { headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': forwarded } })

async function expectLimited(response: Response): Promise<string> {
  expect(response.status).toBe(429)
  const seconds = Number(response.headers.get('retry-after'))
  expect(seconds).toBeGreaterThan(0)
  expect(seconds).toBeLessThanOrEqual(60)
  return response.text()
}

describe('the requests of one token', () => {
  test('are refused beyond the limit in every API, in its own words, from memory or not; other tokens go on', async () => {
    const token = await gateway.token('VIEWER')
    for (let index = 0; index < 25; index++) expect((await get(DIALECTS[0], token, '192.0.2.1')).status).toBe(200)
    const { status, headers, body } = await gateway.graphql(VIEWER, {}, token)
    expect(status).toBe(429)
    expect(headers.get('retry-after')).toMatch(/^\d+$/)
    expect(body.errors?.[0]).toMatchObject({ message: expect.stringContaining('too many requests'), extensions: { code: 'RATE_LIMITED' } })
    const [coder, bifrost, respan, ziri] = await Promise.all(
      DIALECTS.map(async (path) => expectLimited(await get(path, token, '192.0.2.1'))),
    )
    expect(JSON.parse(coder ?? '')).toMatchObject({ message: "You've been rate limited for sending too many requests." })
    expect(JSON.parse(bifrost ?? '')).toMatchObject({ is_bifrost_error: false, status_code: 429 })
    expect(JSON.parse(respan ?? '')).toEqual({ detail: 'Rate limit exceeded', retry_after: expect.any(Number) })
    expect(JSON.parse(ziri ?? '')).toEqual({ error: expect.any(String), message: expect.any(String), code: 'RATE_LIMITED' })
    expect((await gateway.graphql(VIEWER, {}, await gateway.token('VIEWER'))).status).toBe(200)
    expect((await gateway.fetch('/readyz')).status).toBe(200)
  })
})

describe('wrong tokens', () => {
  test.each(APIS)('lock an address out of %s after a few; a right token still works', async (path) => {
    const address = `198.51.100.${10 + APIS.indexOf(path)}`
    for (let index = 0; index < 3; index++) expect((await get(path, WRONG, address)).status).toBe(401)
    const refused = await expectLimited(await get(path, WRONG, address))
    expect(refused).not.toContain(WRONG)
    expect((await get(path, await gateway.token('VIEWER'), address)).status).toBe(200)
    expect((await get(path, WRONG, `203.0.113.${10 + APIS.indexOf(path)}`)).status).toBe(401)
  })

  test('are counted for the whole network of an IPv6 client', async () => {
    for (let index = 0; index < 3; index++) expect((await get(DIALECTS[0], WRONG, `2001:db8:1:2::${index + 1}`)).status).toBe(401)
    await expectLimited(await get(DIALECTS[0], WRONG, '2001:db8:1:2:ffff::1'))
    expect((await get(DIALECTS[0], WRONG, '2001:db8:1:3::1')).status).toBe(401)
  })

  test('are another matter than none', async () => {
    for (let index = 0; index < 5; index++)
      expect((await gateway.fetch(DIALECTS[0], { headers: { 'x-forwarded-for': '192.0.2.77' } })).status).toBe(401)
  })
})
