import { describe, expect, test } from 'vitest'
import { bifrostClient, SIZES } from '../support/bifrost-client.ts'
import { useGateway } from '../support/use.ts'

const gateway = useGateway()

const CHANGE = `mutation ($input: UpdateProviderInput!) { result: updateProvider(input: $input) {
  ... on UpdateProviderPayload { provider { apiKeys { nodes { id enabled } } } }
  ... on UserError { code message } } }`
const KEYS = '{ provider(by: { name: "bedrock" }) { id apiKeys { nodes { id } } } }'

interface Keys {
  readonly provider: { readonly id: string; readonly apiKeys: { readonly nodes: readonly { readonly id: string }[] } }
}

describe('a Bedrock provider whose keys bring their credentials', () => {
  test('has keys whoever changes it: they are kept, switched and removed in GraphQL too', async () => {
    const client = bifrostClient(gateway)
    await client.put('bedrock', { concurrency_and_buffer_size: SIZES })
    const bedrock_key_config = { region: 'us-east-1', access_key: 'AKIAIOSFODNN7EXAMPLE', secret_key: 'a-fixture-secret-access-key' }
    await client.createdKey('bedrock', { value: null, enabled: true, bedrock_key_config })
    const { provider } = await gateway.ask<Keys>(KEYS)
    const [key] = provider.apiKeys.nodes
    const change = (apiKeys: unknown) => gateway.ask(CHANGE, { input: { provider: { id: provider.id }, apiKeys } })
    expect(await change([{ keep: { id: key?.id, enabled: false } }])).toEqual({
      result: { provider: { apiKeys: { nodes: [{ id: key?.id, enabled: false }] } } },
    })
    expect(await change([{ remove: key?.id }])).toEqual({ result: { provider: { apiKeys: { nodes: [] } } } })
  })
})
