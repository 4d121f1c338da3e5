import type { GatewayProcess } from './gateway-process.ts'

/** What a client gets, as far as tests compare it. */
export interface HttpAnswer {
  readonly status: number
  readonly text: string
}

export const LIST_PROVIDERS = '{ providers(first: 20) { totalCount nodes { id name apiKeys { nodes { masked } } } } }'
export const CREATE_PROVIDER = `mutation ($input: CreateProviderInput!) {
  createProvider(input: $input) { ... on CreateProviderPayload { provider { name } } ... on UserError { code message } }
}`

/** Sends one operation to a gateway in another process. */
export async function ask(
  { url }: Pick<GatewayProcess, 'url'>,
  token: string | null,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<HttpAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
  })
  return { status: response.status, text: await response.text() }
}

/** Stores a provider of type OPENAI_COMPAT with one key, which must succeed. */
export async function createProvider(
  gateway: Pick<GatewayProcess, 'url'>,
  token: string | null,
  { name = 'first', baseUrl = 'https://api.example.com/v1', key = 'sk-first-key-of-the-test' } = {},
): Promise<void> {
  const { text } = await ask(gateway, token, CREATE_PROVIDER, {
    input: { name, type: 'OPENAI_COMPAT', baseUrl, apiKeys: [{ credential: { value: key } }] },
  })
  if (!text.includes(`"provider":{"name":"${name}"}`)) throw new Error(`The provider was not stored: ${text}`)
}
