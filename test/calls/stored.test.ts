import { beforeAll, describe, expect, test } from 'vitest'
import { callToken } from '../support/call-token.ts'
import { CHAT, chatAnswer, refusal, useCallVendor } from '../support/call-vendor.ts'
import { uniqueName, writerOf } from '../support/providers.ts'
import { type RawAnswer, rawCall } from '../support/raw-call.ts'
import { withStore } from '../support/store.ts'
import { startInternet } from '../support/upstream/internet.ts'
import { startHttpProxy } from '../support/upstream/proxies.ts'
import { useGateway } from '../support/use.ts'

const KEY = 'sk-stored-fixture-1111-2222-aaaa'
/** Another value that is shown by the same mask. */
const LIKE_IT = 'sk-stored-fixture-3333-4444-aaaa'
let token: string

const vendor = useCallVendor()
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
const writer = writerOf(gateway)
beforeAll(async () => {
  token = await callToken(gateway)
})

async function stored(input: Readonly<Record<string, unknown>> = {}) {
  const name = uniqueName('stored')
  return writer.created({ name, type: 'OPENAI', baseUrl: `${vendor.origin}/v1`, apiKeys: [{ credential: { value: KEY } }], ...input })
}
interface Asked {
  readonly model?: string
  readonly path?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}
const call = (name: string, { model = 'gpt-5', path = 'v1/chat/completions', method = 'POST', headers }: Asked = {}) =>
  rawCall(gateway.url, {
    ...{ method, path: `/ai/${name}/${path}`, body: method === 'POST' ? JSON.stringify({ model }) : '' },
    headers: { 'coder-session-token': token, ...(method === 'POST' ? { 'content-type': 'application/json' } : {}), ...headers },
  })
const codeOf = ({ status, body }: RawAnswer) => [status, JSON.parse(body.toString()).error.code]
const sent = (header: string) => vendor.requests.map(({ headers }) => headers[header])

describe('a key', () => {
  test('that is replaced by one with the same mask is used at once, whatever was found out about the old value', async () => {
    const { id, name, apiKeys } = await stored()
    vendor.answerWith(refusal(401, { error: { message: 'No.' } }))
    expect(codeOf(await call(name))).toEqual([502, 'upstream_credentials_refused'])
    vendor.answerWith(chatAnswer)
    expect(codeOf(await call(name))).toEqual([502, 'upstream_credentials_refused'])
    const [key] = apiKeys.nodes
    const { __typename, provider } = await writer.update(id, { apiKeys: [{ keep: { id: key?.id, credential: { value: LIKE_IT } } }] })
    expect([__typename, provider?.apiKeys.nodes[0]?.masked]).toEqual(['UpdateProviderPayload', key?.masked])
    expect((await call(name)).status).toBe(200)
    expect(sent('authorization')).toEqual([`Bearer ${KEY}`, `Bearer ${LIKE_IT}`])
  })

  test('rests on, when only its name or its weight changes', async () => {
    const { id, name, apiKeys } = await stored()
    vendor.answerWith(refusal(401, { error: { message: 'No.' } }))
    await call(name)
    const [key] = apiKeys.nodes
    await writer.update(id, { apiKeys: [{ keep: { id: key?.id, weight: 3, name: 'another' } }] })
    expect(codeOf(await call(name))).toEqual([502, 'upstream_credentials_refused'])
    expect(vendor.requests).toHaveLength(1)
  })

  test('serves the models of its lists, and no others', async () => {
    const { name, apiKeys } = await stored({ apiKeys: [{ credential: { value: KEY } }, { credential: { value: LIKE_IT } }] })
    const [first, second] = apiKeys.nodes
    await withStore(gateway, async (store) => {
      await store.apiKey.update({ where: { id: first?.uuid ?? '' }, data: { models: ['gpt-*'], exceptModels: ['gpt-5-pro'] } })
      await store.apiKey.update({ where: { id: second?.uuid ?? '' }, data: { models: ['o4'] } })
    })
    for (const model of ['gpt-5', 'gpt-4', 'o4']) expect((await call(name, { model })).status).toBe(200)
    expect(sent('authorization')).toEqual([KEY, KEY, LIKE_IT].map((value) => `Bearer ${value}`))
    for (const model of ['gpt-5-pro', 'other']) expect(codeOf(await call(name, { model }))).toEqual([503, 'no_api_key'])
  })
})

describe('the provider', () => {
  test('says in which header its key goes', async () => {
    const { name } = await stored({ authentication: 'x-vendor-key' })
    expect((await call(name)).status).toBe(200)
    expect([sent('x-vendor-key'), sent('authorization')]).toEqual([[KEY], [undefined]])
  })

  test('lets more headers of callers pass, but never a credential slot, and its key goes to nobody who gets more headers', async () => {
    const [keyless, withKey] = [await stored({ type: 'OPENAI_COMPAT', apiKeys: [] }), await stored()]
    const callHeaders = ['X-Tenant', 'Authorization', 'Cookie']
    await withStore(gateway, (store) =>
      store.provider.updateMany({ where: { name: { in: [keyless.name, withKey.name] } }, data: { callHeaders } }),
    )
    const headers = { 'x-tenant': 'a', 'x-other': 'b', authorization: 'Bearer of-the-caller', cookie: 'a=b' }
    expect((await call(keyless.name, { headers })).status).toBe(200)
    const names = ['x-tenant', 'x-other', 'authorization', 'cookie', 'coder-session-token']
    expect(names.map((name) => sent(name)[0])).toEqual(['a', undefined, undefined, undefined, undefined])
    expect(codeOf(await call(withKey.name, { headers }))).toEqual([502, 'upstream_credentials_refused'])
    expect(vendor.requests).toHaveLength(1)
  })

  test('whose routes are ALL is called beyond those of models; a path that climbs, and a method that shows the key, stay refused', async () => {
    const { name } = await stored()
    const files = { method: 'GET', path: 'v1/files' }
    expect(codeOf(await call(name, files))).toEqual([404, 'route_not_supported'])
    await withStore(gateway, (store) => store.provider.updateMany({ where: { name }, data: { callRoutes: 'ALL' } }))
    await gateway.restart()
    expect((await call(name, files)).status).toBe(200)
    expect((await call(name, { method: 'GET', path: 'v1/organization/admin_api_keys' })).status).toBe(200)
    expect(vendor.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /v1/files', 'GET /v1/organization/admin_api_keys'])
    expect(codeOf(await call(name, { path: 'v1/%2e%2e/admin' }))).toEqual([400, 'invalid_path'])
    expect(codeOf(await call(name, { method: 'TRACE', path: 'v1/models' }))).toEqual([404, 'route_not_supported'])
  })

  test('whose proxy gets another password is reached by new connections, and a change that is none of the connection keeps them', async () => {
    const proxy = await startHttpProxy({ credentials: null, route: () => Number(new URL(vendor.origin).port) })
    const network = (password: string) => ({
      network: { proxy: { type: 'HTTP', url: `http://127.0.0.1:${proxy.port}`, username: 'team', password } },
    })
    try {
      const { id, name } = await stored(network('first-proxy-password'))
      await call(name)
      await writer.update(id, { displayName: 'Another name' })
      await call(name)
      expect(proxy.connections.map(({ credentials }) => credentials)).toEqual(['team:first-proxy-password'])
      const { __typename } = await writer.update(id, {
        ...network('second-proxy-password'),
        apiKeys: [{ add: { credential: { value: LIKE_IT } } }],
      })
      expect(__typename).toBe('UpdateProviderPayload')
      expect((await call(name)).status).toBe(200)
      expect(proxy.connections.map(({ credentials }) => credentials).at(-1)).toBe('team:second-proxy-password')
    } finally {
      await proxy.close()
    }
  })
})

describe('a role of AWS', () => {
  const RUNTIME = 'bedrock-runtime.eu-central-1.amazonaws.com'
  const STS = 'sts.eu-central-1.amazonaws.com'
  const ASSUMED = {
    AssumeRoleResponse: {
      AssumeRoleResult: {
        Credentials: { AccessKeyId: 'ASIAASSUMED', SecretAccessKey: 'sk-assumed-secret-aaaa-bbbb', SessionToken: 'session' },
      },
    },
  }

  test('is assumed once for many calls, by the stored key pair, which itself signs no call', async () => {
    const internet = await startInternet({
      [STS]: () => ({ status: 200, body: ASSUMED }),
      [RUNTIME]: () => ({ status: 200, body: CHAT }),
    })
    try {
      const { caCertificate, proxy } = internet.network
      const name = uniqueName('role')
      await writer.created({
        ...{ name, type: 'BEDROCK', baseUrl: 'https://bedrock.eu-central-1.amazonaws.com' },
        network: { caCertificate, proxy: { type: 'HTTP', url: proxy?.url } },
        settings: {
          bedrock: {
            ...{ region: 'eu-central-1', roleArn: 'arn:aws:iam::123456789012:role/calls' },
            ...{ accessKey: 'AKIAFIXTUREAAAABBBB2', accessKeySecret: 'sk-aws-secret-fixture-cccc-dddd' },
          },
        },
      })
      for (let index = 0; index < 3; index += 1)
        expect((await call(name, { path: 'model/anthropic.claude-v1%3A0/converse' })).status).toBe(200)
      const asked = internet.requests.map(({ headers }) => headers)
      expect(asked.map((headers) => headers.host)).toEqual([STS, RUNTIME, RUNTIME, RUNTIME])
      expect(internet.requests[0]?.body).toContain('ExternalId=')
      expect(asked[0]?.authorization).toContain('Credential=AKIAFIXTUREAAAABBBB2/')
      for (const { authorization, 'x-amz-security-token': session } of asked.slice(1)) {
        expect(authorization).toContain('Credential=ASIAASSUMED/')
        expect(session).toBe('session')
      }
    } finally {
      await internet.close()
    }
  })

  test('that AWS does not let the key assume leaves the provider without a key, and nothing of what AWS said is told', async () => {
    const refused = {
      status: 403,
      body: '<ErrorResponse><Error><Code>AccessDenied</Code><Message>User x may not</Message></Error></ErrorResponse>',
    }
    const internet = await startInternet({ [STS]: () => refused })
    try {
      const { caCertificate, proxy } = internet.network
      const name = uniqueName('role')
      await writer.created({
        ...{ name, type: 'BEDROCK', baseUrl: 'https://bedrock.eu-central-1.amazonaws.com' },
        network: { caCertificate, proxy: { type: 'HTTP', url: proxy?.url } },
        settings: {
          bedrock: {
            ...{ region: 'eu-central-1', roleArn: 'arn:aws:iam::123456789012:role/calls' },
            ...{ accessKey: 'AKIAFIXTUREAAAABBBB3', accessKeySecret: 'sk-aws-secret-fixture-eeee-ffff' },
          },
        },
      })
      const answer = await call(name, { path: 'model/anthropic.claude-v1%3A0/converse' })
      expect([answer.status, answer.headers['x-amzn-errortype']]).toEqual([502, 'InternalServerException'])
      expect(answer.body.toString()).not.toContain('may not')
    } finally {
      await internet.close()
    }
  })
})
