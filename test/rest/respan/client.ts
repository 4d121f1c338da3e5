import { respanDialect } from '../../../src/rest/respan/routes.ts'
import type { ProviderBody } from '../../../src/rest/respan/wire.ts'
import { type DialectClient, dialectClient } from '../../support/dialect-client.ts'
import type { TestGateway } from '../../support/gateway.ts'

export const PATH = '/api/providers/'

/** Every field that an answer of Respan's API can have. */
interface RespanBody extends ProviderBody {
  readonly detail: string
}

export type RespanClient = DialectClient<RespanBody>

export function respanClient(gateway: TestGateway): RespanClient {
  return dialectClient<RespanBody>(gateway, { prefix: '/respan', openApi: respanDialect.openApi })
}

/** What the other APIs show of a provider. */
export interface Seen {
  readonly id: string
  readonly type: string
  readonly baseUrl: string
  readonly enabled: boolean
  readonly displayName: string
  readonly version: number
  readonly apiKeys: { readonly nodes: readonly { readonly masked: string }[] }
  readonly network: { readonly timeoutMs: number; readonly extraHeaders: readonly { readonly name: string; readonly value: string }[] }
}

export async function seenInGraphQL(gateway: TestGateway, name: string): Promise<Seen> {
  const { provider } = await gateway.ask<{ provider: Seen }>(
    `query ($name: String) { provider(by: { name: $name }) {
      id type baseUrl enabled displayName version apiKeys { nodes { masked } } network { timeoutMs extraHeaders { name value } } } }`,
    { name },
  )
  return provider
}
