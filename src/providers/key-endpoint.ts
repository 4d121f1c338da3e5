import type { NewApiKey } from '../api-keys/api-key-input.ts'
import type { OpenedKey } from '../api-keys/open-api-keys.ts'
import { type KeyRow, readCredentialParts } from '../destination/stored-rows.ts'
import type { ProviderType } from '../generated/prisma-sqlite/enums.ts'
import { isRegion } from '../upstream/vendors/bedrock-endpoint.ts'
import { vertexOrigin } from '../upstream/vendors/google.ts'

/** The part of a key's credential that alone says where the vendor is, for the types whose endpoints differ by region only. */
const REGION_PARTS: ReadonlyMap<ProviderType, string> = new Map([
  ['BEDROCK', 'aws.region'],
  ['GOOGLE', 'vertex.region'],
])

/** The columns of a key that say whether it has an endpoint of its own. */
export type EndpointColumns = Pick<KeyRow, 'endpoint' | 'endpointVariable' | 'region' | 'credentialParts'> & { readonly enabled: boolean }

/** The same for `select`. */
export const ENDPOINT_COLUMNS = { enabled: true, endpoint: true, endpointVariable: true, region: true, credentialParts: true } as const

/** Whether calls of a provider have somewhere to go: to its own endpoint, or to one that an enabled key brings. */
export function hasEndpoint({ type, baseUrl }: Located, keys: readonly EndpointColumns[]): boolean {
  return baseUrl !== '' || keys.some((key) => key.enabled && bringsEndpoint(type, key))
}

/** The same of a provider that is not stored yet. */
export function willHaveEndpoint({ type, baseUrl }: Located, keys: readonly NewApiKey[]): boolean {
  return baseUrl !== '' || keys.some((key) => key.enabled && namesEndpoint(type, givenParts(key)))
}

interface Located {
  readonly type: ProviderType
  readonly baseUrl: string
}

/** Whether a stored key brings its own endpoint. One in a variable counts: its value is read when it is used. */
function bringsEndpoint(
  type: ProviderType,
  { endpoint, endpointVariable, region, credentialParts }: Omit<EndpointColumns, 'enabled'>,
): boolean {
  const columns = { endpoint: endpoint ?? endpointVariable, 'aws.region': region }
  const inColumns = Object.entries(columns).flatMap(([name, value]) => (value === null ? [] : [name]))
  return namesEndpoint(type, [...inColumns, ...readCredentialParts(credentialParts).map(({ name }) => name)])
}

function givenParts({ configuration }: NewApiKey): string[] {
  const isGiven = (value: string | undefined) => value !== undefined && value !== ''
  return (configuration?.parts ?? []).flatMap(({ name, value, environmentVariable }) =>
    isGiven(value?.reveal()) || isGiven(environmentVariable) ? [name] : [],
  )
}

function namesEndpoint(type: ProviderType, parts: readonly string[]): boolean {
  return parts.some((name) => name === 'endpoint' || name === REGION_PARTS.get(type))
}

/** Where an opened key goes when neither it nor its provider has an endpoint: to the vendor, in the region of the key. Empty for nowhere. */
export function regionalEndpoint(type: ProviderType, key: OpenedKey | null): string {
  const region = key?.parts.get(REGION_PARTS.get(type) ?? '')?.reveal() ?? ''
  if (type === 'GOOGLE') return vertexOrigin(region) ?? ''
  return isRegion(region) ? `https://bedrock.${region}.amazonaws.com` : ''
}
