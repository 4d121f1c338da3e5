import { expect, test } from 'vitest'
import { uniqueName, writerAs, writerOf } from '../support/providers.ts'
import { useGateway } from '../support/use.ts'

const VENDOR = { type: 'COPILOT', baseUrl: 'https://api.githubcopilot.com' }
const REFUSED = { __typename: 'ValidationError', issues: [{ path: ['baseUrl'], rule: 'NOT_ALLOWED' }] }
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
const admin = writerOf(gateway)
const editor = writerAs(gateway, 'EDITOR')

const UPSERT = `mutation ($input: UpsertProviderInput!) { result: upsertProvider(input: $input) {
  __typename ... on ValidationError { issues { path rule } } } }`
const upsert = async (input: object, token: string) => (await gateway.ask<{ result: object }>(UPSERT, { input }, token)).result

const ELSEWHERE = {
  'another host': { baseUrl: 'http://127.0.0.1:9/' },
  'a host that begins like the vendor': { baseUrl: 'https://api.githubcopilot.com.thief.example' },
  'a host that ends like the vendor': { baseUrl: 'https://thief.example/api.githubcopilot.com' },
  'a proxy': { network: { proxy: { type: 'HTTP', url: 'http://127.0.0.1:9' } } },
  'the proxy of the environment': { network: { proxy: { type: 'ENVIRONMENT' } } },
  'another Host header': { network: { extraHeaders: [{ name: 'hOST', value: 'thief.example' }] } },
  'no check of the certificate': { network: { insecureSkipVerify: true } },
}

test.each(Object.entries(ELSEWHERE))(
  'no editor has the tokens of all callers sent elsewhere by making the provider again: with %s',
  async (_where, parts) => {
    const name = uniqueName()
    const { id } = await admin.created({ ...VENDOR, name })
    expect(await editor.update(id, parts)).toMatchObject(REFUSED)
    expect(await editor.remove(id)).toMatchObject({ deletedProviderId: id })
    const again = { ...VENDOR, name, ...parts }
    expect(await editor.create(again)).toMatchObject(REFUSED)
    expect(await upsert(again, await gateway.token('EDITOR'))).toMatchObject(REFUSED)
    expect((await admin.created(again)).name).toBe(name)
  },
)

test('an editor makes it at the vendor itself', async () => {
  expect((await editor.created(VENDOR)).type).toBe('COPILOT')
  const network = { timeoutMs: 1_000, extraHeaders: [{ name: 'X-Title', value: 'ours' }] }
  expect((await editor.created({ ...VENDOR, baseUrl: 'https://api.business.githubcopilot.com/', network })).type).toBe('COPILOT')
})
