export interface Header {
  readonly name: string
  readonly value: string
}

export type ProxyType = 'HTTP' | 'SOCKS5' | 'ENVIRONMENT'

export interface ProxySettings {
  readonly type: ProxyType
  /** `http://host:port`, `https://host:port` or `socks5://host:port`; null for ENVIRONMENT. Without credentials. */
  readonly url: string | null
  readonly username: string | null
  readonly password: string | null
}

/** How a provider is reached. Plain data; the stored form leaves out the secret parts and the caller puts them back. */
export interface NetworkSettings {
  /** Sent with every request to the provider's own endpoint. */
  readonly extraHeaders: readonly Header[]
  /** 1 to 600,000 milliseconds; a connection test is cut at 10,000. */
  readonly timeoutMs: number
  /** 0 to 10. Only a 5xx answer or a reset connection is tried again. */
  readonly maxRetries: number
  /** The pause before the first retry, in milliseconds; it doubles with each further one. */
  readonly retryBackoffInitialMs: number
  /** The longest pause, in milliseconds. */
  readonly retryBackoffMaxMs: number
  readonly insecureSkipVerify: boolean
  /** PEM certificates trusted beside the public ones. */
  readonly caCertificate: string | null
  readonly allowPrivateNetwork: boolean
  readonly proxy: ProxySettings | null
}

export const DEFAULT_NETWORK: NetworkSettings = {
  extraHeaders: [],
  timeoutMs: 30_000,
  maxRetries: 0,
  retryBackoffInitialMs: 500,
  retryBackoffMaxMs: 5_000,
  insecureSkipVerify: false,
  caCertificate: null,
  allowPrivateNetwork: true,
  proxy: null,
}

const AUTHENTICATION_HEADER = /^(?:(?:.*[-_])?(?:authorization|auth|apikey|key|token|secret|password)|cookie)$/i

/** Whether a header of this name carries a credential: its value is sealed at rest, masked when shown, and scrubbed from texts. */
export function isAuthenticationHeader(name: string): boolean {
  return AUTHENTICATION_HEADER.test(name)
}

/** What is wrong with the name of an extra header, or null. A name is a token, as RFC 9110 has it. */
export function headerNameProblem(name: string): string | null {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/.test(name) ? null : 'A header name must have letters, digits and hyphens only.'
}

/** What is wrong with the value of an extra header, or null. The answer never repeats it: it may be a secret. */
export function headerValueProblem(value: string): string | null {
  const isGood = value.length <= 8_192 && /^[\t\x20-\x7e]*$/.test(value)
  return isGood ? null : 'A header value must have printable ASCII characters only, and at most 8,192 of them.'
}
