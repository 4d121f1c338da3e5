import { createHash } from 'node:crypto'
import { z } from 'zod'
import { canonicalUrl } from './canonical-url.ts'
import {
  isOpenPart,
  type KeyRow,
  type NetworkConfig,
  type ProviderRow,
  readCredentialParts,
  storedNetwork,
  storedSettings,
} from './stored-rows.ts'

const FORMAT = 'destination/1'

/**
 * Headers that steer nothing and prove nothing. The list belongs to the format: another one is another format, and all texts
 * are sealed anew for it.
 */
const UNBOUND_HEADERS = [
  ...['user-agent', 'accept-language', 'anthropic-version', 'anthropic-beta', 'openai-organization', 'openai-project'],
  ...['openai-beta', 'x-title', 'http-referer'],
]

/** Whether a header of this name is part of where secrets go. Decides it when the header is stored. */
export function isBoundHeader(name: string): boolean {
  return !UNBOUND_HEADERS.includes(name.toLowerCase())
}

/** One line of a destination: what it is, and its value as JSON. */
type Part = readonly [name: string, value: unknown]

/**
 * Everything that decides where a secret goes and who can read it on the way, as one text: of a key, or, with `null`, of what
 * the provider itself has. Made of stored rows of one read alone. Its digest is bound to every sealed text, so a text does
 * not open when anything in it has changed; and a change after which a kept secret would have another one is a move.
 * @param leftOut A header (by its name in lower case) whose own value the text is sealed for.
 */
export function destinationOf(provider: ProviderRow, key: KeyRow | null, leftOut: string | null = null): string {
  const parts: Part[] = [
    ['type', provider.type],
    ['vendorPreset', provider.vendorPreset],
    ...endpointParts(provider, key),
    ['authentication', provider.authentication],
    ...given('modelsPath', provider.modelsPath),
    ...listed('callHeaders', z.array(z.string()).parse(provider.callHeaders ?? [])),
    ...awsParts(provider, key),
    ...openParts(key),
    ...(provider.network === null ? [] : networkParts(storedNetwork.parse(provider.network), leftOut)),
  ]
  return textOf(parts)
}

/** The destination of a secret of the provider itself, which goes to the endpoints of its keys as well. */
export function sharedDestinationOf(provider: ProviderRow, keys: readonly KeyRow[], leftOut: string | null = null): string {
  const own = keys.filter(hasOwnEndpoint).map((key) => JSON.stringify(ownEndpoint(key)))
  return destinationOf(provider, null, leftOut) + lines(listed('keyEndpoints', [...new Set(own)]))
}

/** What is sealed for nobody else: it is sent nowhere. */
export const KEPT_HERE = textOf([['kept', true]])

/** SHA-256 of a destination, as sealed texts are bound to it. */
export function destinationDigest(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

/** The names of the parts in which two destinations differ, for the audit log. */
export function differingParts(before: string, after: string): string[] {
  const [one, other] = [before.split('\n'), after.split('\n')]
  const odd = [...one.filter((line) => !other.includes(line)), ...other.filter((line) => !one.includes(line))]
  return [...new Set(odd.map((line) => line.slice(0, line.indexOf(' '))))].sort()
}

/** Whether a key is sent elsewhere than its provider says. */
function hasOwnEndpoint({ endpoint, endpointVariable }: KeyRow): boolean {
  return endpoint !== null || endpointVariable !== null
}

function endpointParts(provider: ProviderRow, key: KeyRow | null): Part[] {
  if (key !== null && hasOwnEndpoint(key)) return [ownEndpoint(key)]
  return [['endpoint', provider.baseUrl === '' ? `default:${provider.type}` : canonicalUrl(provider.baseUrl)]]
}

/** An endpoint in a variable is known by the variable's name: its value is the operator's to change. */
function ownEndpoint({ endpoint, endpointVariable }: KeyRow): Part {
  return endpointVariable === null ? ['ownEndpoint', canonicalUrl(endpoint ?? '')] : ['ownEndpointVariable', endpointVariable]
}

/** Regions and roles: of the settings, and of the key itself, whose own may stand in a variable. */
function awsParts(provider: ProviderRow, key: KeyRow | null): Part[] {
  // A key is not used beside settings, which have a credential of their own.
  const settings = provider.settings === null || key !== null ? null : storedSettings.parse(provider.settings).bedrock
  const variables = readCredentialParts(key?.credentialParts).filter(({ environmentVariable }) => environmentVariable !== null)
  const inVariable = (part: string) => variables.find(({ name }) => name === part)?.environmentVariable ?? null
  return [
    ...given('region', settings?.region ?? null),
    ...given('roleArn', settings?.roleArn ?? null),
    ...given('ownRegion', key?.region ?? null),
    ...given('ownRegionVariable', inVariable('aws.region')),
    ...given('ownRoleArn', key?.roleArn ?? null),
    ...given('ownRoleArnVariable', inVariable('aws.roleArn')),
  ]
}

/** The region of a key of Google's, which names the host: the row has it in the open beside the sealed parts. */
function openParts(key: KeyRow | null): Part[] {
  return readCredentialParts(key?.credentialParts)
    .filter(({ name }) => isOpenPart(name))
    .flatMap(({ masked, environmentVariable }) =>
      environmentVariable === null ? given('ownVertexRegion', masked) : given('ownVertexRegionVariable', environmentVariable),
    )
}

function networkParts({ extraHeaders, proxy, insecureSkipVerify, caCertificate }: NetworkConfig, leftOut: string | null): Part[] {
  const headers = extraHeaders.flatMap((header): string[][] => {
    const name = header.name.toLowerCase()
    if (name === leftOut) return []
    if ('valueId' in header) return [[name, 'sealed', header.valueId]]
    // Whoever can write the row could also say that a header is not bound, so the list of the format has the last word.
    return !header.bound && !isBoundHeader(name) ? [] : [[name, 'plain', header.value]]
  })
  return [
    ...(proxy === null ? [] : [['proxy', [proxy.type, proxy.url === null ? null : canonicalUrl(proxy.url), proxy.username]] as const]),
    ...(insecureSkipVerify ? [['insecureSkipVerify', true] as const] : []),
    ...given('caCertificate', caCertificate && createHash('sha256').update(caCertificate).digest('hex')),
    ...headers.map((header) => ['header', header] as const).sort(([, [one = '']], [, [other = '']]) => (one < other ? -1 : 1)),
  ]
}

function given(name: string, value: string | null): Part[] {
  return value === null || value === '' ? [] : [[name, value]]
}

function listed(name: string, values: readonly string[]): Part[] {
  return values.length === 0 ? [] : [[name, [...values].sort()]]
}

function textOf(parts: readonly Part[]): string {
  return FORMAT + lines(parts)
}

/** No value breaks its line: JSON writes line breaks as escapes. */
function lines(parts: readonly Part[]): string {
  return parts.map(([name, value]) => `\n${name} ${JSON.stringify(value)}`).join('')
}
