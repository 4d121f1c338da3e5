import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { startOpenAiUpstream } from '../support/openai-upstream.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

const [OLD_KEY, NEW_KEY, BAD_KEY] = ['sk-example-old-key-0001', 'sk-example-new-key-0002', 'sk-example-bad-key-0003']
let token: string
const upstream = useStarted(() => startOpenAiUpstream({ [OLD_KEY]: ['m'], [NEW_KEY]: ['m'] }))
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
beforeAll(async () => {
  token = await gateway.token('EDITOR')
})

const run = (program: string, parameters: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
  promisify(execFile)(program, parameters, {
    env: { PATH: process.env.PATH, GATEWAY_URL: gateway.url, GATEWAY_TOKEN: token, ...environment },
  })
const rotate = (key: string) => run(process.execPath, ['examples/rotate-key.mjs', 'rotated'], { NEW_API_KEY: key })

describe('the examples', () => {
  test('rotate-key.mjs refuses a key that does not work and leaves the old one, then puts a good one in its place', async () => {
    const input = {
      name: 'rotated',
      type: 'OPENAI_COMPAT',
      baseUrl: `${upstream.origin}/v1`,
      apiKeys: [{ credential: { value: OLD_KEY } }],
    }
    await gateway.ask('mutation ($input: CreateProviderInput!) { createProvider(input: $input) { __typename } }', { input })
    const masks = '{ provider(by: { name: "rotated" }) { apiKeys { nodes { masked } } } }'
    await expect(rotate(BAD_KEY)).rejects.toThrow(/The new key does not work/)
    expect(await gateway.ask(masks)).toEqual({ provider: { apiKeys: { nodes: [{ masked: 'sk-e...0001' }] } } })
    const { stdout } = await rotate(NEW_KEY)
    expect(stdout).toBe('rotated: sk-e...0001 is now sk-e...0002. Delete the old key at the vendor.\n')
    expect(await gateway.ask(masks)).toEqual({ provider: { apiKeys: { nodes: [{ masked: 'sk-e...0002' }] } } })
    expect(stdout).not.toContain(NEW_KEY)
  })

  test('dialects.sh speaks all four REST languages to one provider, and no answer has a key', async () => {
    const { stdout } = await run('sh', ['examples/dialects.sh'])
    const answers = stdout.split('\n').filter((line) => line !== '')
    const [made, key, read, changed, renamed, listed, removed] = answers.map((line) => JSON.parse(line))
    expect(made).toMatchObject({ name: 'acme', provider_status: 'active' })
    expect(key).toMatchObject({ name: 'main', value: { value: `sk-e${'*'.repeat(24)}0001` } })
    expect(read.api_keys).toMatchObject([{ masked: 'sk-e...0001' }])
    expect(changed.api_keys).toMatchObject([{ masked: 'sk-e...0002' }])
    expect(renamed).toMatchObject({ id: 'acme', provider_name: 'Acme AI' })
    expect(listed).toMatchObject({ total: 1, providers: [{ name: 'acme', displayName: 'Acme AI' }] })
    expect(removed).toEqual({ success: true })
    expect(stdout).not.toMatch(/sk-example-of/)
  })

  test('coder-client.ts and bifrost-client.ts need another address and token, and nothing else', async () => {
    const runTypeScript = (file: string, environment: Readonly<Record<string, string>>) =>
      run(process.execPath, ['--import', 'tsx', file], environment)
    const [coder, bifrost] = await Promise.all([
      runTypeScript('examples/coder-client.ts', { CODER_URL: gateway.url, CODER_SESSION_TOKEN: token }),
      runTypeScript('examples/bifrost-client.ts', { BIFROST_URL: `${gateway.url}/bifrost`, BIFROST_API_KEY: token }),
    ])
    expect(coder.stdout.split('\n')).toEqual([
      'made-by-coder: enabled, sk-a...0001',
      'made-by-coder: enabled, sk-a...0001, sk-a...0002',
      '1 in the list',
      '',
    ])
    expect(bifrost.stdout).toBe(`made-by-bifrost: active\nbifrost-main: sk-e${'*'.repeat(24)}0001, weight 0.5\n`)
    expect(await gateway.ask('{ made: providers(filter: { search: "made-by" }) { totalCount } }')).toEqual({ made: { totalCount: 0 } })
  })

  test('typed-client makes its types, compiles, and lists what is stored', async () => {
    const at = 'examples/typed-client'
    const program = (name: string) => resolve(`node_modules/.bin/${name}`)
    const inFolder = (name: string, ...parameters: string[]) => promisify(execFile)(program(name), parameters, { cwd: at })
    await inFolder('graphql-codegen')
    await inFolder('tsc')
    const { stdout } = await run(program('tsx'), [`${at}/src/list-providers.ts`, 'rotated'])
    expect(stdout).toBe('rotated: enabled, sk-e...0002, OK\n')
    const documents = readFileSync(`${at}/src/gql/graphql.ts`, 'utf8')
    expect(documents).toContain('ListProvidersQuery')
    expect(documents).not.toContain('ListProvidersQuery = any')
  })

  test('typed-client asks for the versions that the gateway itself is built with', () => {
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
    const { devDependencies } = JSON.parse(readFileSync('examples/typed-client/package.json', 'utf8'))
    for (const [name, version] of Object.entries(devDependencies)) expect(packages[`node_modules/${name}`]?.version, name).toBe(version)
  })
})
