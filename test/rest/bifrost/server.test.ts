import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bifrostClient } from '../../support/bifrost-client.ts'
import { useGateway } from '../../support/use.ts'

const gateway = useGateway()
const client = bifrostClient(gateway)

/** What Bifrost's UI asks for before it opens (Bifrost contract, decisions at its top). */
describe("the start of Bifrost's UI", () => {
  it('is told that there is a database, and nothing that it would show besides providers', async () => {
    for (const path of ['/api/config', '/api/config/', '/api/config?from_db=false', '/api/config?from_db=true']) {
      const { status, text } = await client.send('GET', path)
      expect([status, JSON.parse(text)]).toEqual([
        200,
        {
          client_config: { enforce_auth_on_inference: true, allowed_origins: [] },
          framework_config: { id: 0, pricing_url: '', pricing_sync_interval: 0 },
          is_db_connected: true,
          is_cache_connected: false,
          is_logs_connected: false,
          metadata: { onboarding_dismissed: true },
        },
      ])
    }
  })

  it('is told the release of the gateway, as a text', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
    const answer = await client.send('GET', '/api/version')
    expect([answer.status, answer.headers.get('content-type'), answer.text]).toEqual([200, 'application/json', `"v${version}"\n`])
  })
})

describe.each(['/api/config', '/api/version'])('%s', (path) => {
  it('needs a token of a viewer at least', async () => {
    for (const token of [null, 'gw_wrong']) expect((await client.send('GET', path, { token })).status).toBe(401)
    expect((await client.send('GET', path, { token: await gateway.token('CALLER') })).status).toBe(403)
    expect((await client.send('GET', path, { token: await gateway.token('VIEWER') })).status).toBe(200)
  })

  it('is only read', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const { status, text, headers } = await client.send(method, path, { body: {} })
      expect([status, text, headers.get('allow')]).toEqual([405, 'Method Not Allowed', 'GET'])
    }
    for (const other of [`${path}/metadata`, `${path}%20`, `${path}x`])
      expect(await client.refused('GET', other)).toEqual([404, `Route not found: /bifrost${other}`])
  })

  it('is at the bare path when the operator says so, and nowhere else', async () => {
    const headers = { authorization: `Bearer ${gateway.adminToken}` }
    expect((await gateway.fetch(path, { headers })).status).toBe(404)
    for (const prefix of ['/ziri', '/respan', '/api/v2']) expect((await gateway.fetch(`${prefix}${path}`, { headers })).status).toBe(404)
    await gateway.restart({ ROOT_DIALECT: 'bifrost' })
    expect((await gateway.fetch(path, { headers })).status).toBe(200)
    await gateway.restart()
  })
})
