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

const CREDENTIAL_WORD =
  /^(?:.*(?:token|secret|password|passwd|passphrase|credential|apikey|accesskey|authkey|bearer|jwt|cookie|authorization|authentication)s?|auth|keys?|pass|pwd|pw|creds?|session|sid|sig|signature|otp|hmac)$/
/** `x-token-limit` says something of a token. */
const ABOUT_A_CREDENTIAL = /[-_.](?:hint|limits?|count|type|name|ttl|length|budget|format|expiry|usage)$/
const CREDENTIAL_VALUE = [
  /^(?:bearer|basic|token|apikey|api-key|digest|negotiate|aws4-hmac-sha256)\s+\S/i,
  /eyJ[\w-]{4,}\.[\w-]+\.?/,
  /(?:^|[^A-Za-z0-9])(?:sk|pk|rk|gsk|ghp|gho|ghu|ghs|ghr|pat|glpat|npat|xox[a-z]|hf|r8|xai|pplx|nvapi|key|tok|gw|secret)[-_][\w-]{8,}/i,
  /(?:^|[^A-Za-z0-9])(?:AKIA|ASIA|AIza|ya29\.)[\w-]{12,}/,
  /-----BEGIN /,
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i,
  /:\/\/[^/?#\s]*:[^/?#\s]*@/,
  /["'?&;,\s][\w-]*(?:key|token|secret|password|auth)["']?\s*[:=]/i,
]

/**
 * Whether a header, or another named text, carries a credential: by its name, or by the look of its value. The value is
 * sealed at rest then, masked when shown, and scrubbed from texts. It rather takes a harmless text for one.
 */
export function isCredential(name: string, value: string): boolean {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase()
  const isAbout = ABOUT_A_CREDENTIAL.test(words)
  const isNamed = [...words.split(/[^a-z0-9]+/), words.replace(/[^a-z0-9]/g, '')].some((word) => CREDENTIAL_WORD.test(word))
  return (isNamed && !isAbout) || CREDENTIAL_VALUE.some((look) => look.test(value)) || value.split(/[^A-Za-z0-9+/_=]+/).some(looksRandom)
}

/** Long, and of letters and digits in no order that a word or a version has. */
function looksRandom(run: string): boolean {
  if (run.length < 20) return false
  const changes = run.match(/[a-z](?=[^a-z])|[A-Z](?=[^A-Z])|[0-9](?=[^0-9])/g) ?? []
  return changes.length >= 5 || /^[0-9a-f]{24,}$/i.test(run)
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
