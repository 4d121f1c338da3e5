/** A secret that is opened only where it is used. The wrapper's own printing is its maker's concern. */
export interface Revealable {
  reveal(): string
}

/** What a test may show to the upstream. */
export type Credential = { readonly kind: 'none' } | { readonly kind: 'apiKey'; readonly apiKey: Revealable } | AwsCredential

/** Bedrock's credentials: a Bedrock API key, or an access key pair that may assume a role. Nothing ambient is ever used. */
export interface AwsCredential {
  readonly kind: 'aws'
  readonly keyPair: { readonly accessKey: Revealable; readonly accessKeySecret: Revealable } | null
  /** A Bedrock API key, sent as a bearer token; it goes before the key pair. */
  readonly apiKey: Revealable | null
  /** Null: read from the base URL. */
  readonly region: string | null
  readonly roleArn: string | null
  readonly externalId: string | null
}

/** Every secret text of a credential, opened, for the scrubber. */
export function secretsOf(credential: Credential): string[] {
  switch (credential.kind) {
    case 'none':
      return []
    case 'apiKey':
      return [credential.apiKey.reveal()]
    case 'aws':
      return [credential.apiKey, credential.keyPair?.accessKey, credential.keyPair?.accessKeySecret].flatMap((secret) =>
        secret ? [secret.reveal()] : [],
      )
  }
}

/**
 * Why a key cannot be sent in an HTTP header, or null when it can. Checked before the HTTP client sees the key, because
 * clients put the refused value into their error text. The answer never repeats the key.
 */
export function headerProblem(key: string): string | null {
  if (key === '') return 'it is empty'
  if (/[\r\n]/.test(key)) return 'it contains a line break'
  if (key.trim() !== key) return 'it starts or ends with a blank'
  return /^[\x20-\x7e]+$/.test(key) ? null : 'it contains a character outside printable ASCII'
}
