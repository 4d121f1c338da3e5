import { checkSecretValue } from '../api-keys/api-key-input.ts'
import { looksMasked } from '../api-keys/mask.ts'
import { headerField } from '../api-keys/secret-binding.ts'
import { checkCertificate } from '../certificate.ts'
import type { Secret } from '../crypto/secret.ts'
import { isBoundHeader } from '../destination/destination.ts'
import type { NetworkConfig } from '../destination/stored-rows.ts'
import type { ValidationIssue } from '../errors.ts'
import { DEFAULT_NETWORK, isCredential } from '../upstream/client/network-settings.ts'
import { type CheckProxy, checkProxyInput, type ProxyInput } from './proxy-input.ts'

type SealedHeader = Extract<NetworkConfig['extraHeaders'][number], { readonly masked: string }>

export interface HeaderInput {
  readonly name: string
  /** A secret when the name is that of an authentication header; wrapped always, so that none is taken for plain text too early. */
  readonly value: Secret
}

/** The fields of which a client may have seen a mask alone, so that it can ask for the stored text to stay. */
export type KeepableField = 'CA_CERTIFICATE' | 'PROXY_URL' | 'PROXY_USERNAME'

/**
 * A network configuration to store. It replaces the stored one: what is left out gets its default, but a proxy password left
 * out stays (an empty one clears), and so does an authentication header whose value is the stored mask.
 */
export interface NetworkInput {
  readonly extraHeaders: readonly HeaderInput[] | undefined
  readonly timeoutMs: number | undefined
  readonly maxRetries: number | undefined
  readonly retryBackoffInitialMs: number | undefined
  readonly retryBackoffMaxMs: number | undefined
  readonly insecureSkipVerify: boolean | undefined
  readonly caCertificate: string | undefined
  readonly allowPrivateNetwork: boolean | undefined
  readonly proxy: ProxyInput | undefined
  /** Fields whose stored text stays, whatever is given for them. It is looked up where no other change can come in between. */
  readonly keep?: readonly KeepableField[] | undefined
  /** Whether the fields left out keep their stored value, in place of getting their default. */
  readonly keepOthers?: boolean | undefined
}

const NUMBERS = [
  ['timeoutMs', 1, 600_000],
  ['maxRetries', 0, 10],
  ['retryBackoffInitialMs', 0, 1_000_000],
  ['retryBackoffMaxMs', 0, 1_000_000],
] as const

const MAX_HEADERS = 50
const MAX_HEADER_NAME = 128
const MAX_HEADER_VALUE = 8_192

/** Names that a proxy or the HTTP client acts upon, and those with a field of their own. */
const DENIED_HEADER =
  /^(?:connection|content-encoding|content-length|expect|http2-settings|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|accept-encoding)$/i

const at = (path: readonly string[], rule: ValidationIssue['rule'], message: string): ValidationIssue => ({
  path: ['network', ...path],
  rule,
  message,
})

/** The rules that need no knowledge of what is stored. */
export function checkNetwork(input: NetworkInput, checkProxy: CheckProxy): ValidationIssue[] {
  const allowPrivateNetwork = input.allowPrivateNetwork ?? DEFAULT_NETWORK.allowPrivateNetwork
  const headers = input.extraHeaders ?? []
  return [
    ...(headers.length > MAX_HEADERS
      ? [at(['extraHeaders'], 'OUT_OF_RANGE', `A provider can have at most ${MAX_HEADERS} extra headers.`)]
      : headers.flatMap((header, index) => checkHeader(header, index, headers))),
    ...checkNumbers(input),
    ...checkCertificate(input.caCertificate ?? '', ['network', 'caCertificate']),
    ...(input.proxy === undefined ? [] : checkProxyInput(input.proxy, (url) => checkProxy(url, allowPrivateNetwork))),
  ]
}

/** A mask can only stand for the very value that it was made of. */
export function checkMaskedHeaders(input: NetworkInput, stored: NetworkConfig | null): ValidationIssue[] {
  return (input.extraHeaders ?? []).flatMap((header, index) => {
    const isKept = storedMask(header, stored) !== undefined
    if (isKept || !looksMasked(header.value.reveal()) || !(isSealedHeader(header) || wasSealed(header, stored))) return []
    const message = 'This is a mask, and not the one of the stored value. Give the full value, or the mask that the gateway shows.'
    return [at(['extraHeaders', String(index), 'value'], 'API_KEY_MASKED', message)]
  })
}

/** Whether the value of a header is sealed: outside the list of those that prove and steer nothing, when it looks like a credential. */
export function isSealedHeader({ name, value }: HeaderInput): boolean {
  return isBoundHeader(name) && isCredential(name, value.reveal())
}

function wasSealed({ name }: HeaderInput, stored: NetworkConfig | null): boolean {
  const field = headerField(name)
  return (stored?.extraHeaders ?? []).some((header) => 'masked' in header && headerField(header.name) === field)
}

/** The stored header whose mask this one repeats, and so means its value. */
export function storedMask({ name, value }: HeaderInput, stored: NetworkConfig | null): SealedHeader | undefined {
  const field = headerField(name)
  return (stored?.extraHeaders ?? [])
    .filter((header) => 'masked' in header)
    .find((header) => headerField(header.name) === field && header.masked === value.reveal())
}

function checkHeader({ name, value }: HeaderInput, index: number, all: readonly HeaderInput[]): ValidationIssue[] {
  const path = ['extraHeaders', String(index)]
  const issues: ValidationIssue[] = []
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) || name.length > MAX_HEADER_NAME)
    issues.push(at([...path, 'name'], 'HEADER_FORMAT', 'This is not the name of an HTTP header, e.g. "X-Team".'))
  else if (DENIED_HEADER.test(name))
    issues.push(at([...path, 'name'], 'NOT_ALLOWED', 'The HTTP client sets this header itself. Leave it out.'))
  if (all.findIndex((other) => other.name.toLowerCase() === name.toLowerCase()) < index)
    issues.push(at([...path, 'name'], 'NOT_ALLOWED', 'This header is given twice. Header names are case-insensitive.'))
  return [...issues, ...checkHeaderValue(name, value, [...path, 'value'])]
}

function checkHeaderValue(name: string, value: Secret, path: readonly string[]): ValidationIssue[] {
  const text = value.reveal()
  if (text.length > MAX_HEADER_VALUE)
    return [at(path, 'OUT_OF_RANGE', `The value of a header must not be longer than ${MAX_HEADER_VALUE} characters.`)]
  if (isSealedHeader({ name, value })) return looksMasked(text) ? [] : checkSecretValue(value, ['network', ...path], false)
  if (/^[\x20-\x7e]*$/.test(text) && text === text.trim()) return []
  return [at(path, 'HEADER_FORMAT', 'The value of a header must be printable ASCII without spaces around it.')]
}

function checkNumbers(input: NetworkInput): ValidationIssue[] {
  const issues = NUMBERS.flatMap(([field, least, most]) => {
    const value = input[field]
    if (value === undefined || (value >= least && value <= most)) return []
    return [at([field], 'OUT_OF_RANGE', `The number must be from ${least} to ${most}.`)]
  })
  const { retryBackoffInitialMs: initial, retryBackoffMaxMs: longest } = input
  if (initial === undefined || longest === undefined || initial <= longest) return issues
  return [...issues, at(['retryBackoffInitialMs'], 'OUT_OF_RANGE', 'The first pause must not be longer than the longest one.')]
}
