import { describe, expect, it } from 'vitest'
import { bifrostClient, SIZES, uniqueKey, uniqueName } from '../../support/bifrost-client.ts'
import { useGateway } from '../../support/use.ts'

const gateway = useGateway()
const client = bifrostClient(gateway)

const unlisted = { custom_provider_config: { base_provider_type: 'openai', allowed_requests: {} } }
const statuses = (answers: readonly { readonly status: number }[], status: number) => answers.filter((answer) => answer.status === status)

describe('many clients of Bifrost at once', () => {
  it('keep one provider and fail none of 200 PUTs of one name', async () => {
    const name = uniqueName('race')
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        client.put(name, { concurrency_and_buffer_size: SIZES, store_raw_request_response: index % 2 === 0 }),
      ),
    )
    expect(statuses(answers, 200)).toHaveLength(200)
    const { body } = await client.send('GET', '/api/providers')
    expect(body.providers?.filter((provider) => provider.name === name)).toHaveLength(1)
    const query = 'query ($name: String!) { provider(by: { name: $name }) { version } }'
    expect(await gateway.ask(query, { name })).toEqual({ provider: { version: 200 } })
  }, 60_000)

  it('give a name to one key, even when each key belongs to another provider', async () => {
    const providers = await Promise.all(
      Array.from({ length: 6 }, () => client.created({ network_config: { base_url: 'https://x.invalid' }, ...unlisted })),
    )
    for (let round = 0; round < 8; round++) {
      const name = uniqueName('key')
      const answers = await Promise.all(providers.map((provider) => client.postKey(provider.name, { name, value: uniqueKey() })))
      expect(statuses(answers, 200)).toHaveLength(1)
      expect(statuses(answers, 409)).toHaveLength(providers.length - 1)
    }
  })

  it('are each told of the key that they added', async () => {
    const { name } = await client.created({ network_config: { base_url: 'http://127.0.0.1:9' } })
    const numbers = Array.from({ length: 12 }, (_, index) => index)
    const keys = await Promise.all(numbers.map((index) => client.createdKey(name, { models: [`m-${index}`] })))
    expect(keys.map(({ models }) => models)).toEqual(numbers.map((index) => [`m-${index}`]))
    expect(new Set(keys.map(({ id }) => id)).size).toBe(numbers.length)
  })

  it('leave a proxy that is only masked to whoever really changes it', async () => {
    const { name, proxy_config } = await client.created({
      ...unlisted,
      network_config: { base_url: 'https://x.invalid' },
      proxy_config: { type: 'http', url: 'http://proxy.example.com:3128', username: 'proxy-user-0' },
    })
    const masked = { concurrency_and_buffer_size: SIZES, network_config: { base_url: 'https://x.invalid' }, ...unlisted, proxy_config }
    const change = 'mutation ($input: UpdateProviderInput!) { updateProvider(input: $input) { __typename } }'
    const read = 'query ($name: String!) { provider(by: { name: $name }) { network { proxy { url username } } } }'
    for (let round = 1; round <= 10; round++) {
      const proxy = { type: 'HTTP', url: `http://proxy-${round}.example.com:3128`, username: `proxy-user-${round}` }
      const changed = gateway.ask(change, { input: { provider: { name }, network: { proxy } } })
      const answers = await Promise.all([client.put(name, masked), client.put(name, masked), client.put(name, masked)])
      expect(statuses(answers, 200)).toHaveLength(answers.length)
      expect(await changed).toEqual({ updateProvider: { __typename: 'UpdateProviderPayload' } })
      const { url, username } = proxy
      expect(await gateway.ask(read, { name })).toEqual({ provider: { network: { proxy: { url, username } } } })
    }
  })

  it('are told that nothing is stored behind a mask when another has cleared it meanwhile', async () => {
    const query =
      'mutation ($input: UpsertProviderInput!) { result: upsertProvider(input: $input) { ... on ValidationError { issues { path rule } } } }'
    const network = { proxy: { type: 'HTTP' }, keep: ['PROXY_URL', 'CA_CERTIFICATE'] }
    for (const name of [uniqueName(), (await client.created({ network_config: { base_url: 'https://x.invalid' } })).name])
      expect(await gateway.ask(query, { input: { name, baseUrl: 'https://x.invalid', network } })).toEqual({
        result: {
          issues: expect.arrayContaining([
            { path: ['network', 'proxy', 'url'], rule: 'NOTHING_TO_KEEP' },
            { path: ['network', 'caCertificate'], rule: 'NOTHING_TO_KEEP' },
          ]),
        },
      })
  })
})
