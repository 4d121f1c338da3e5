import type { Role, TestGateway } from './gateway.ts'

/** As `CallScopeInput` takes it; what is left out is not limited. */
export interface TestCallScope {
  readonly providers?: readonly { readonly name: string }[]
  readonly models?: readonly string[]
  readonly requestsPerMinute?: number
  readonly tokensPerDay?: number
}

const CREATE = `mutation ($input: CreateAccessTokenInput!) { result: createAccessToken(input: $input) { __typename
  ... on CreateAccessTokenPayload { value } ... on UserError { message } } }`

/** Makes a token that may make model calls; everything, unless the scope says less. */
export async function callToken(gateway: TestGateway, calls: TestCallScope = {}, role: Role | 'CALLER' = 'CALLER'): Promise<string> {
  const { result } = await gateway.ask<{ result: { value?: string; message?: string } }>(CREATE, {
    input: { name: 'test caller', role, calls },
  })
  if (result.value === undefined) throw new Error(result.message ?? 'No token was made.')
  return result.value
}
