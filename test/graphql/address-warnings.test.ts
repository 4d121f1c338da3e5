import { describe, expect, test } from 'vitest'
import { runCommand } from '../support/command-line.ts'
import { uniqueName, writerOf } from '../support/providers.ts'
import { useGateway } from '../support/use.ts'

const gateway = useGateway()
const admin = writerOf(gateway)

interface Warning {
  readonly path: readonly string[]
  readonly message: string
}

async function warningsOf(name: string): Promise<readonly Warning[]> {
  const document = 'query ($name: String!) { provider(by: { name: $name }) { warnings { path message } } }'
  return (await gateway.ask<{ provider: { warnings: Warning[] } }>(document, { name })).provider.warnings
}

describe('an address that OUTBOUND_ALLOW does not open', () => {
  test.each(['http://localhost:11434', 'https://127.0.0.1', 'https://10.0.0.1/v1', 'http://[fd12::1]:8000/v1', 'http://100.64.0.7/v1'])(
    '%s is saved with a warning, and no test dials it',
    async (baseUrl) => {
      const provider = await admin.created({ baseUrl, apiKeys: [{ credential: { value: 'sk-fixture-of-warnings-0001' } }] })
      expect(provider.baseUrl).toBe(baseUrl)
      const warning = { path: ['baseUrl'], message: expect.stringContaining('OUTBOUND_ALLOW') }
      expect(await warningsOf(provider.name)).toEqual([warning])
      const { tests } = await admin.test(provider.id)
      expect(tests).toMatchObject([{ status: 'BLOCKED_ADDRESS' }])
      const other = await admin.created({})
      expect(await warningsOf(other.name)).toEqual([])
      await admin.updated(other.id, { baseUrl })
      expect(await warningsOf(other.name)).toEqual([warning])
    },
  )

  test('of a proxy is saved with a warning, too', async () => {
    const { name } = await admin.created({ network: { proxy: { type: 'SOCKS5', url: 'socks5://10.0.0.1:1080' } } })
    expect(await warningsOf(name)).toEqual([{ path: ['network', 'proxy', 'url'], message: expect.stringContaining('OUTBOUND_ALLOW') }])
  })

  test('is no warning where the operator opens it', async () => {
    const { name } = await admin.created({ baseUrl: 'http://10.0.0.1/v1' })
    await gateway.restart({ OUTBOUND_ALLOW: 'private' })
    expect(await warningsOf(name)).toEqual([])
    await gateway.restart()
    expect(await warningsOf(name)).toHaveLength(1)
  })

  test('is refused where the provider itself forbids private addresses', async () => {
    const { issues } = await admin.create({ baseUrl: 'http://10.0.0.1/v1', network: { allowPrivateNetwork: false } })
    expect(issues).toMatchObject([{ path: ['baseUrl'], rule: 'URL_NOT_ALLOWED' }])
  })

  test('is saved in each dialect and by the command line with the same warning', async () => {
    const baseUrl = 'http://127.0.0.1:9/v1'
    const send = (path: string, body: object) =>
      gateway.fetch(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.adminToken}` },
        body: JSON.stringify(body),
      })
    const [coder, ziri, respan, applied] = [uniqueName('coder'), uniqueName('ziri'), uniqueName('respan'), uniqueName('applied')]
    const answers = [
      await send('/api/v2/ai/providers', { type: 'openai', name: coder, base_url: baseUrl }),
      await send('/ziri/api/providers', { name: ziri, apiKey: 'sk-fixture-of-warnings-0002', metadata: { baseUrl } }),
      await send('/respan/api/providers/', { provider_id: respan, provider_name: 'R', extra_kwargs: { base_url: baseUrl } }),
    ]
    expect(answers.map(({ ok }) => ok)).toEqual([true, true, true])
    const file = JSON.stringify({ providers: [{ name: applied, type: 'OPENAI', baseUrl }] })
    const { exitCode, output } = await runCommand(['apply', '-f', '-'], { environment: gateway.shared, input: file })
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: expect.stringMatching(/! baseUrl: Saved, but .*OUTBOUND_ALLOW/) })
    for (const name of [coder, ziri, respan, applied]) expect(await warningsOf(name)).toMatchObject([{ path: ['baseUrl'] }])
  })
})

test.each(['http://169.254.169.254/v1', 'https://100.100.100.200/v1', 'http://[fd00:ec2::254]/v1', 'http://metadata.google.internal/v1'])(
  '%s is saved nowhere, whatever the operator allows',
  async (baseUrl) => {
    const { issues } = await admin.create({ baseUrl })
    expect(issues).toMatchObject([{ path: ['baseUrl'], rule: 'URL_NOT_ALLOWED', message: expect.not.stringContaining('OUTBOUND_ALLOW') }])
  },
)

test('what is wrong with a draft is told from its place in the input', async () => {
  const draft = { type: 'OPENAI', baseUrl: 'nonsense', apiKey: 'sk-o...aaaa', network: { timeoutMs: 0 } }
  const { issues = [] } = await admin.testDraft(draft)
  expect(issues.map(({ path }) => path)).toEqual([
    ['draft', 'baseUrl'],
    ['draft', 'apiKey'],
    ['draft', 'network', 'timeoutMs'],
  ])
})
