/** A secret that is opened only where it is used. The wrapper's own printing is its maker's concern. */
export interface Revealable {
  reveal(): string
}

/** What a request may show to the upstream. */
export type Credential = { readonly kind: 'none' } | { readonly kind: 'apiKey'; readonly apiKey: Revealable } | AwsCredential

/** An access key of AWS. A half that is not stored is empty. */
export interface AwsKeyPair {
  readonly accessKey: Revealable
  readonly accessKeySecret: Revealable
  /** What a temporary access key (`ASIA…`) comes with; it is signed and sent along. */
  readonly sessionToken?: Revealable | null
}

/** Bedrock's credentials: a Bedrock API key, or an access key pair that may assume a role. Nothing ambient is ever used. */
export interface AwsCredential {
  readonly kind: 'aws'
  readonly keyPair: AwsKeyPair | null
  /** A Bedrock API key, sent as a bearer token; it goes before the key pair. */
  readonly apiKey: Revealable | null
  /** Null: read from the base URL. */
  readonly region: string | null
  readonly roleArn: string | null
  readonly externalId: string | null
}

/** Every secret text of a credential, opened, for the scrubber. */
export function secretsOf(credential: Credential): string[] {
  if (credential.kind === 'none') return []
  if (credential.kind === 'apiKey') return [credential.apiKey.reveal()]
  const { apiKey, keyPair } = credential
  return [apiKey, keyPair?.accessKey, keyPair?.accessKeySecret, keyPair?.sessionToken].flatMap((secret) =>
    secret ? [secret.reveal()] : [],
  )
}

/**
 * Why a credential cannot be sent, or null when it can: half a sentence. Checked before the HTTP client sees it, because
 * clients put a value that they refuse into their error text. It never repeats the credential.
 */
export function credentialProblem(credential: Credential): string | null {
  const { accessKey, sessionToken } = (credential.kind === 'aws' ? credential.keyPair : null) ?? {}
  const apiKey = credential.kind === 'none' ? null : credential.apiKey
  const optional = [accessKey, sessionToken].flatMap((secret) => (secret?.reveal() ? [secret.reveal()] : []))
  const sent = apiKey === null ? optional : [apiKey.reveal(), ...optional]
  return sent.map(headerProblem).find((problem) => problem !== null) ?? null
}

/** Why a key cannot be sent in an HTTP header: half a sentence that does not repeat it. Null when it can. */
export function headerProblem(key: string): string | null {
  if (isServiceAccount(key)) return "it is a Google service account's JSON file, which is no API key"
  if (key === '') return 'it is empty'
  if (/[\r\n]/.test(key)) return 'it contains a line break'
  if (key.trim() !== key) return 'it starts or ends with a blank'
  return /^[\x20-\x7e]+$/.test(key) ? null : 'it contains a character outside printable ASCII'
}

/** Whether a text is, or was cut from, the JSON file of a Google service account, which holds a private key. */
function isServiceAccount(text: string): boolean {
  return /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/.test(text) || /"type"\s*:\s*"service_account"|"private_key(?:_id)?"\s*:/.test(text)
}
