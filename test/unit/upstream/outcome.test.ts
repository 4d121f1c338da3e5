import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { WORST_FIRST, worstOf } from '../../../src/upstream/test/outcome.ts'
import { probeConnection } from '../../../src/upstream/test/probe-connection.ts'
import { CONNECTION_STATUSES } from '../../../src/upstream/vendors/connection-status.ts'
import { providerTypeInfo } from '../../../src/upstream/vendors/probe-registry.ts'
import { PROVIDER_TYPES } from '../../../src/upstream/vendors/provider-type.ts'
import { apiKey, outboundDeps, probeRequest } from '../../support/upstream/probing.ts'

const enumIn = (schema: string, name: string) => new RegExp(`enum ${name} \\{([^}]*)\\}`).exec(schema)?.[1]?.split(/\s+/).filter(Boolean)

test('statuses and types are those of the data model', async () => {
  const schema = await readFile(new URL('../../../prisma/schema.prisma', import.meta.url), 'utf8')
  expect(enumIn(schema, 'ConnectionStatus')).toEqual([...CONNECTION_STATUSES])
  expect(enumIn(schema, 'ProviderType')).toEqual([...PROVIDER_TYPES])
})

describe('the worst outcome', () => {
  test('every status has a place in the order', () => {
    expect([...WORST_FIRST].sort()).toEqual([...CONNECTION_STATUSES].sort())
  })

  test('stands for all; the first of equals; null of none', () => {
    const [ok, limited, refused, refusedToo] = [
      { status: 'OK' },
      { status: 'RATE_LIMITED' },
      { status: 'UNAUTHORIZED' },
      { status: 'UNAUTHORIZED' },
    ] as const
    expect(worstOf([ok, limited, refused, refusedToo])).toBe(refused)
    expect(worstOf([ok, limited])).toBe(limited)
    expect(worstOf([ok])).toBe(ok)
    expect(worstOf([])).toBeNull()
  })
})

describe('the catalogue', () => {
  test.each(PROVIDER_TYPES)('%s names itself and where to read more', (type) => {
    const info = providerTypeInfo(type)
    expect(info.type).toBe(type)
    expect(info.displayName).not.toBe('')
    for (const url of [info.documentationUrl, info.defaultBaseUrl, info.keyPageUrl]) {
      if (url !== null) expect(new URL(url).protocol).toBe('https:')
    }
  })

  test('Bedrock and Copilot take no API keys', () => {
    expect(PROVIDER_TYPES.filter((type) => !providerTypeInfo(type).acceptsApiKeys)).toEqual(['BEDROCK', 'COPILOT'])
  })
})

describe('what cannot be tested is NOT_TESTABLE, with the reason', () => {
  test.each(PROVIDER_TYPES)('%s without an endpoint', async (type) => {
    const outcome = await probeConnection(probeRequest({ type, baseUrl: '', credential: apiKey('sk-0123456789') }), outboundDeps())
    expect(outcome).toMatchObject({ status: 'NOT_TESTABLE', httpStatus: null, keyVerified: false, models: [] })
  })

  test.each(['ANTHROPIC', 'AZURE', 'GOOGLE', 'OPENAI', 'OPENROUTER', 'VERCEL'] as const)('%s without a key', async (type) => {
    const outcome = await probeConnection(probeRequest({ type, baseUrl: 'https://8.8.8.8' }), outboundDeps())
    expect(outcome).toMatchObject({ status: 'NOT_TESTABLE', httpStatus: null })
    expect(outcome.message).toContain('Add one')
  })
})
