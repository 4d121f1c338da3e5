import { describe, expect, test } from 'vitest'
import { generateKeyText } from '../../src/crypto/keyring.ts'
import { startTestGateway } from '../support/gateway.ts'
import { postgresPrograms, startPostgres } from '../support/postgres.ts'
import { writerOf } from '../support/providers.ts'
import { sized, tell } from './figures.ts'

const RIVALS = 20
const ROUNDS = sized(50, 5)

const UPDATE = `mutation ($input: UpdateProviderInput!) { result: updateProvider(input: $input) {
  ... on UpdateProviderPayload { provider { version } } ... on UserError { code } } }`

describe(`${RIVALS * ROUNDS} changes of one provider, ${RIVALS} at a time from the same version`, () => {
  test.each(['SQLite', 'PostgreSQL'] as const)('have one winner per version on %s, over GraphQL and with If-Match', async (kind) => {
    if (kind === 'PostgreSQL' && postgresPrograms === null) return
    const server = kind === 'PostgreSQL' ? await startPostgres({ durable: false }) : null
    const gateway = await startTestGateway({
      environment: server === null ? {} : { DATABASE_URL: await server.freshUrl(), ENCRYPTION_KEYS: generateKeyText() },
    })
    const { id, name } = await writerOf(gateway).created({})
    const path = `/api/v2/ai/providers/${name}`
    const authorization = `Bearer ${gateway.adminToken}`

    const overGraphQL = async (version: number, rival: number) => {
      const input = { provider: { id }, expectedVersion: version, displayName: `rival ${rival}` }
      const { body } = await gateway.graphql<{ result: { code?: string } }>(UPDATE, { input })
      return body.data?.result.code ?? 'won'
    }
    const withIfMatch = async (etag: string, rival: number) => {
      const response = await gateway.fetch(path, {
        method: 'PATCH',
        headers: { authorization, 'content-type': 'application/json', 'if-match': etag },
        body: JSON.stringify({ display_name: `rival ${rival}` }),
      })
      return response.status === 200 ? 'won' : response.status === 412 ? 'VERSION_CONFLICT' : `status ${response.status}`
    }

    for (let version = 1; version <= ROUNDS; version++) {
      const etag = (await gateway.fetch(path, { headers: { authorization } })).headers.get('etag') ?? ''
      const rivals = Array.from({ length: RIVALS }, (_, rival) =>
        rival % 2 === 0 ? overGraphQL(version, rival) : withIfMatch(etag, rival),
      )
      const outcomes = await Promise.all(rivals)
      expect(outcomes.filter((outcome) => outcome === 'won')).toHaveLength(1)
      expect(outcomes.filter((outcome) => outcome === 'VERSION_CONFLICT')).toHaveLength(RIVALS - 1)
    }
    const { provider } = await gateway.ask<{ provider: { version: number } }>(
      'query ($id: ID!) { provider(by: { id: $id }) { version } }',
      { id },
    )
    expect(provider.version).toBe(ROUNDS + 1)
    tell(`conflicting changes on ${kind}`, { changes: RIVALS * ROUNDS, versions: ROUNDS, winnersPerVersion: 1 })
    await gateway.close()
    await server?.stop()
  })
})
