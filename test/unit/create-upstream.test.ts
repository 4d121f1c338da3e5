import { describe, expect, test } from 'vitest'
import { GATEWAY_RULES } from '../../src/auth/caller-rules.ts'
import { parseConfig } from '../../src/config.ts'
import { createUpstream } from '../../src/create-upstream.ts'

describe('the socket of the database is out of reach for every test', () => {
  test.each([
    ['in the address', 'postgresql://u:p@127.0.0.1:5433/db'],
    ['in parameters, which win over the address', 'postgresql://u:p@db.example:1/db?host=127.0.0.1&port=5433'],
  ])('%s', (_where, DATABASE_URL) => {
    const { checkEndpoint } = createUpstream(parseConfig({ DATABASE_URL, OUTBOUND_ALLOW: 'loopback' })).deps
    expect(checkEndpoint('http://127.0.0.1:5433/v1', GATEWAY_RULES, true)).toContain('may not connect')
    expect(checkEndpoint('http://127.0.0.1:5434/v1', GATEWAY_RULES, true)).toBeNull()
  })
})

test.each(['metadata', 'metadata.google.internal', 'metadata.goog', 'metadata.azure.internal', 'instance-data.ec2.internal'])(
  'the name %s, behind which a cloud keeps credentials, is refused by its looks',
  (name) => {
    const { checkEndpoint } = createUpstream(parseConfig({ OUTBOUND_ALLOW: 'private,loopback,http' })).deps
    expect(checkEndpoint(`http://${name}/v1`, GATEWAY_RULES, true)).toContain('may not connect')
    expect(checkEndpoint(`http://${name}.example.com/v1`, GATEWAY_RULES, true)).toBeNull()
  },
)
