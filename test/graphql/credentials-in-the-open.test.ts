/** Credentials that are given where people read: headers of any name are sealed, and URLs that carry one are refused. */
import { describe, expect, test } from 'vitest'
import { generateKeyText } from '../../src/crypto/keyring.ts'
import { runCommand } from '../support/command-line.ts'
import { writerAs } from '../support/providers.ts'
import { everythingStored } from '../support/store.ts'
import { useGateway } from '../support/use.ts'

const environment = { ENCRYPTION_KEYS: generateKeyText() }
const gateway = useGateway({ environment })
const editor = writerAs(gateway, 'EDITOR')

const PLAIN_LOOKING = 'plain looking words 4711'
const HEADERS: readonly (readonly [name: string, value: string])[] = [
  ...['X-JWT', 'X-Bearer', 'X-Credentials', 'X-Pass', 'X-Pwd', 'X-Auth', 'X-Session', 'X-Signature', 'XApiKey', 'My-Secret'].map(
    (name) => [name, PLAIN_LOOKING] as const,
  ),
  ...[
    'Bearer of-something-4711',
    'Basic dXNlcjpwYXNzd29yZA==',
    'sk-in-a-harmless-header-4711',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0NzExIn0.c2lnbmF0dXJl',
    'AKIA4711HARMLESSNAME',
    '4711aaaa-bbbb-4ccc-8ddd-eeeeffff0000',
    'https://me:pass4711@relay.example.com',
    'team=a;token=4711',
    'a9F3k2Lq8Zx1Vb7Nm4Wc6Td5',
  ].map((value) => ['X-Team', value] as const),
]

interface Shown {
  readonly provider: { readonly network: { readonly extraHeaders: readonly { name: string; value: string; isSealed: boolean }[] } }
}

const shownHeaders = async (id: string) =>
  (
    await gateway.ask<Shown>(
      'query ($id: ID!) { provider: node(id: $id) { ... on Provider { network { extraHeaders { name value isSealed } } } } }',
      { id },
    )
  ).provider.network.extraHeaders

describe('a header that carries a credential', () => {
  test.each(HEADERS)('%s: %s is sealed, and stands nowhere in the open', async (name, value) => {
    const extraHeaders = [{ name, value }]
    const { id, name: provider } = await editor.created({ type: 'OPENAI', network: { extraHeaders } })
    await editor.updated(id, { network: { extraHeaders: [{ name, value: `${value}-2` }] } })
    const [header] = await shownHeaders(id)
    expect(header).toMatchObject({ name, isSealed: true })
    expect(header?.value).not.toBe(`${value}-2`)
    const inBifrost = await gateway.fetch(`/bifrost/api/providers/${provider}`, {
      headers: { authorization: `Bearer ${gateway.adminToken}` },
    })
    expect(await inBifrost.text()).not.toContain(value)
    expect(await everythingStored(gateway)).not.toContain(value)
  })

  test('is told from one that says nothing secret', async () => {
    const { id } = await editor.created({ type: 'OPENAI', network: { extraHeaders: [{ name: 'X-Cost-Center', value: 'research 7' }] } })
    expect(await shownHeaders(id)).toEqual([{ name: 'X-Cost-Center', value: 'research 7', isSealed: false }])
  })
})

const URLS: readonly (readonly [url: string, secret: string, advice: RegExp])[] = [
  ['https://relay.example.com/v1?api-key=in-the-url-4712', 'in-the-url-4712', /put it into a header/i],
  ['https://relay.example.com/v1?region=eu&access_token=token-4712', 'token-4712', /put it into a header/i],
  ['https://relay.example.com/v1?sig=signed-4712', 'signed-4712', /put it into a header/i],
  ['https://relay.example.com/v1?team=sk-value-of-the-team-4712', 'sk-value-of-the-team-4712', /put it into a header/i],
  ['https://relay.example.com/v1?api%2Dkey=escaped-4712', 'escaped-4712', /put it into a header/i],
  ['https://me:password-4712@relay.example.com/v1', 'password-4712', /as an API key/],
  ['https://token-4712@relay.example.com/v1', 'token-4712', /as an API key/],
]

describe('a base URL that carries a credential is refused, and leaves no trace', () => {
  test.each(URLS)('%s in GraphQL', async (baseUrl, secret, advice) => {
    const { id, name } = await editor.created({ type: 'OPENAI' })
    const upsert = `mutation ($input: UpsertProviderInput!) { result: upsertProvider(input: $input) {
      ... on ValidationError { issues { path rule message } } } }`
    const results = [
      await editor.create({ type: 'OPENAI', baseUrl }),
      await editor.update(id, { baseUrl }),
      await editor.testDraft({ type: 'OPENAI', baseUrl }),
      (
        await gateway.ask<{ result: { issues?: { path: string[]; rule: string; message: string }[] } }>(upsert, {
          input: { name, baseUrl },
        })
      ).result,
    ]
    for (const { issues } of results) {
      expect(issues?.map(({ path, rule }) => `${path.at(-1)} ${rule}`)).toEqual(['baseUrl URL_NOT_ALLOWED'])
      expect(issues?.[0]?.message).toMatch(advice)
      expect(JSON.stringify(issues)).not.toContain(secret)
    }
    expect(await everythingStored(gateway)).not.toContain(secret)
  })

  test.each(URLS)('%s on the command line', async (baseUrl, secret, advice) => {
    const input = `providers:\n  - { name: applied, type: OPENAI, baseUrl: "${baseUrl}" }\n`
    const { exitCode, output, errors } = await runCommand(['apply', '-f', '-'], {
      input,
      environment: { ...gateway.shared, ...environment },
    })
    expect(exitCode).not.toBe(0)
    expect(errors).toMatch(advice)
    expect(output + errors).not.toContain(secret)
    expect(await everythingStored(gateway)).not.toContain(secret)
  })
})
