import { once } from 'node:events'
import { createServer, type ServerOptions } from 'node:https'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Libsql from 'libsql'
import { asker } from '../../test/support/asker.ts'
import { startedProcess, temporaryFolder } from '../../test/support/gateway-process.ts'
import { type MadeUsage, makeUsage, rowOf } from '../../test/support/made-usage.ts'
import { createAuthority } from '../../test/support/upstream/certificates.ts'
import { startHttpProxy } from '../../test/support/upstream/proxies.ts'
import { listen, type RecordedRequest } from '../../test/support/upstream/recorder.ts'
import type { Situation } from '../../test/support/upstream/vendor-shapes.ts'
import { vendorHost } from '../../test/support/upstream/vendors.ts'

export const ADMIN_TOKEN = 'pictures-admin-token-of-more-than-32-characters'
export const GOOD_KEY = 'sk-proj-good-0123456789abcdef'
export const OTHER_GOOD_KEY = 'sk-proj-batch-abcdef9876543210'
/** What the leaked key is rotated to. */
export const NEXT_GOOD_KEY = 'sk-proj-next-fedcba0987654321'
const ANTHROPIC_KEY = 'sk-ant-api03-0123456789abc7a2e'
const OPENROUTER_KEY = 'sk-or-v1-0123456789abcb91c'
const MODELS = ['gpt-5', 'gpt-5-mini', 'gpt-4.1', 'gpt-4.1-mini', 'o4-mini', 'text-embedding-3-large']

const GEMINI_KEY = 'AIzaSy0123456789abcdefghijk'
const AWS_KEY = { id: 'AKIAIOSFODNN7EXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }
const goodKeys = [GOOD_KEY, OTHER_GOOD_KEY, NEXT_GOOD_KEY, ANTHROPIC_KEY, OPENROUTER_KEY, GEMINI_KEY, `${AWS_KEY.id}:${AWS_KEY.secret}`]
/** What befalls OpenAI in each round of tests; nothing in most of them. */
const TROUBLES: Readonly<Record<number, Situation>> = { 3: 'rateLimited', 8: 'down', 9: 'down' }
let openaiSituation: Situation = 'normal'

/** The vendors by their real names. Each is an imitation on loopback, behind the proxy of the gateway's environment. */
const HOSTS = {
  'api.openai.com': (request: RecordedRequest) => vendorHost('openai', { goodKeys, models: MODELS, situation: openaiSituation })(request),
  'api.anthropic.com': vendorHost('anthropic', { goodKeys, models: ['claude-opus-4-5', 'claude-sonnet-4-5'] }),
  'contoso-se.openai.azure.com': vendorHost('azure', { situation: 'rateLimited' }),
  'bedrock.us-east-1.amazonaws.com': vendorHost('bedrock', { goodKeys, models: ['anthropic.claude-opus-4-5'] }),
  'generativelanguage.googleapis.com': vendorHost('google', { goodKeys, models: ['gemini-2.5-pro', 'gemini-2.5-flash'] }),
  'openrouter.ai': vendorHost('openrouter', { goodKeys, models: ['openai/gpt-5'] }),
  'models.staging.example.com': vendorHost('openai-compat', { goodKeys, models: ['llama-4-scout', 'qwen3-32b'] }),
}
const PROVIDERS = [
  {
    name: 'anthropic',
    displayName: 'Anthropic',
    type: 'ANTHROPIC',
    baseUrl: 'https://api.anthropic.com',
    apiKeys: [{ credential: { value: ANTHROPIC_KEY } }],
  },
  {
    name: 'azure-sweden',
    displayName: 'Azure Sweden',
    type: 'AZURE',
    baseUrl: 'https://contoso-se.openai.azure.com',
    apiKeys: [{ credential: { value: '0123456789abcdef0123456789ab4c8e' } }],
  },
  {
    name: 'bedrock-us',
    displayName: 'Bedrock US',
    type: 'BEDROCK',
    baseUrl: 'https://bedrock-runtime.us-east-1.amazonaws.com',
    settings: { bedrock: { region: 'us-east-1', accessKey: AWS_KEY.id, accessKeySecret: AWS_KEY.secret } },
  },
  { name: 'copilot', displayName: 'GitHub Copilot', type: 'COPILOT', baseUrl: 'https://api.githubcopilot.com' },
  {
    name: 'gemini',
    displayName: 'Gemini',
    type: 'GOOGLE',
    baseUrl: 'https://generativelanguage.googleapis.com',
    enabled: false,
    apiKeys: [{ credential: { value: GEMINI_KEY } }],
  },
  {
    name: 'openai',
    displayName: 'OpenAI production',
    type: 'OPENAI',
    baseUrl: 'https://api.openai.com/v1',
    apiKeys: [
      { credential: { value: GOOD_KEY }, name: 'primary', weight: 2 },
      { credential: { value: 'sk-proj-old-0123456789xwvu' }, name: 'old', enabled: false },
      { credential: { value: OTHER_GOOD_KEY }, name: 'batch jobs' },
    ],
  },
  { name: 'openrouter', type: 'OPENROUTER', baseUrl: 'https://openrouter.ai/api/v1', apiKeys: [{ credential: { value: OPENROUTER_KEY } }] },
  {
    name: 'staging-models',
    displayName: 'Staging model server',
    type: 'OPENAI_COMPAT',
    baseUrl: 'https://models.staging.example.com/v1',
    apiKeys: [{ credential: { value: 'sk-wrong-0123456789abc5d0f' }, name: 'shared' }],
  },
] as const

export interface Scene {
  readonly url: string
  /** The certificate that the vendors' own are signed with. */
  readonly caCertificate: string
  /** The data of an operation that must succeed. */
  readonly ask: <Data>(query: string, variables?: Readonly<Record<string, unknown>>) => Promise<Data>
  close(): Promise<void>
}

/** A gateway with eight providers, tests of some days, and vendors that answer as the real ones do. No request leaves the machine. */
export async function startScene(): Promise<Scene> {
  const folder = temporaryFolder()
  const authority = await createAuthority('Company proxy')
  const names = Object.keys(HOSTS)
  const vendors = await startVendors(await authority.issue(names))
  const proxy = await startHttpProxy({
    credentials: null,
    route: (target) => (names.some((name) => target === `${name}:443`) ? vendors.port : null),
  })
  const environment = { OUTBOUND_ALLOW: 'loopback', ADMIN_TOKEN, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` }
  const network = { caCertificate: authority.caCertificate, proxy: { type: 'ENVIRONMENT' } }

  const first = await startedProcess(folder.path, environment)
  const ask = asker(first, ADMIN_TOKEN)
  await fill(ask, network)
  const made = await madeUsage(ask)
  await first.stop()
  growOlder(join(folder.path, 'data', 'gateway.db'))
  makeUsage(folder.path, made, Date.now())
  const gateway = await startedProcess(folder.path, environment)
  return {
    url: gateway.url,
    caCertificate: authority.caCertificate,
    ask: asker(gateway, ADMIN_TOKEN),
    close: async () => {
      await gateway.stop()
      await proxy.close()
      await vendors.close()
      folder.remove()
    },
  }
}

/** The vendors, each of which takes its time. */
async function startVendors(certificate: ServerOptions) {
  let count = 0
  const server = createServer(certificate, async (incoming, response) => {
    incoming.resume()
    await once(incoming, 'end')
    count += 1
    await sleep(40 + ((count * 137) % 260) + (count % 11 === 0 ? 420 : 0))
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]))
    const request: RecordedRequest = {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      headers,
      rawHeaders: incoming.rawHeaders,
      body: '',
    }
    const host = Object.entries(HOSTS).find(([name]) => name === headers.host)
    const { status, body } = host?.[1](request) ?? { status: 404, body: '' }
    const isText = typeof body === 'string'
    response.writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json' })
    response.end(isText ? body : JSON.stringify(body))
  })
  return listen(server)
}

async function fill(ask: Scene['ask'], network: Readonly<Record<string, unknown>>): Promise<void> {
  for (const provider of PROVIDERS)
    await ask('mutation ($input: CreateProviderInput!) { createProvider(input: $input) { __typename } }', {
      input: { network, ...provider },
    })
  const test = (name: string) =>
    ask('mutation ($name: String!) { testConnection(input: { saved: { provider: { name: $name } } }) { __typename } }', { name })
  for (const name of ['anthropic', 'bedrock-us', 'azure-sweden', 'openrouter', 'staging-models']) await test(name)
  for (let round = 0; round < 14; round += 1) {
    openaiSituation = TROUBLES[round] ?? 'normal'
    await test('openai')
  }
  for (const [name, role, calls] of [
    ['Grafana', 'VIEWER', null],
    ['Deploy pipeline', 'EDITOR', null],
    ['Web team', 'CALLER', {}],
    ['Nightly batch', 'CALLER', {}],
  ])
    await ask(
      'mutation ($name: String!, $role: Role!, $calls: CallScopeInput) { createAccessToken(input: { name: $name, role: $role, calls: $calls, expiresAt: "2099-01-01T00:00:00Z" }) { __typename } }',
      { name, role, calls },
    )
}

/** Whose calls are made up: of two tokens, with the first key of OpenAI. */
async function madeUsage(ask: Scene['ask']): Promise<MadeUsage> {
  const { provider, accessTokens } = await ask<{
    provider: { uuid: string; apiKeys: { nodes: { uuid: string }[] } }
    accessTokens: { nodes: { id: string; role: string }[] }
  }>('{ provider(by: { name: "openai" }) { uuid apiKeys(first: 1) { nodes { uuid } } } accessTokens { nodes { id role } } }')
  return {
    providerIds: [provider.uuid],
    apiKeyId: provider.apiKeys.nodes[0]?.uuid ?? '',
    callerIds: accessTokens.nodes.flatMap(({ id, role }) => (role === 'CALLER' ? [rowOf(id)] : [])),
    models: ['gpt-5', 'gpt-5-mini', 'text-embedding-3-large'],
  }
}

/** Puts the tests some hours apart. The gateway takes no time from a client, so this is done behind its back, while it is down. */
function growOlder(path: string): void {
  const database = new Libsql(path)
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString().replace('Z', '+00:00')
  const newestBut = '(SELECT number FROM connection_tests ORDER BY number DESC LIMIT 1 OFFSET ?)'
  const age = database.prepare(`UPDATE connection_tests SET tested_at = ? WHERE number = ${newestBut}`)
  for (let index = 0; age.run(hoursAgo(index * 3 + 0.2), index).changes > 0; index += 1);
  database.prepare('UPDATE api_keys SET created_at = ?').run(hoursAgo(1_500))
  database.prepare('UPDATE providers SET created_at = ?, updated_at = ?').run(hoursAgo(1_500), hoursAgo(200))
  database.close()
}
