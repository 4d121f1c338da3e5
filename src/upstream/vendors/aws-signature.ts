import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import { percentDecoded } from '../../read-url.ts'
import type { UpstreamRequest } from '../client/messages.ts'
import { hostHeader, type Target, targetAt } from '../client/target.ts'

/** Credentials for one request, opened. */
export interface AwsKeys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of temporary credentials; null for a stored pair. */
  readonly sessionToken: string | null
}

/** Signs a request with AWS Signature Version 4. The result's headers name the host too, because the signature covers it. */
export async function signAws(
  request: UpstreamRequest,
  keys: AwsKeys,
  scope: { service: string; region: string; date: Date },
): Promise<UpstreamRequest> {
  const { target, method, body } = request
  const host = hostHeader(target)
  const { accessKeyId, secretAccessKey, sessionToken } = keys
  const signer = new SignatureV4({
    service: scope.service,
    region: scope.region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === null ? {} : { sessionToken }) },
    sha256: NodeSha256,
    // Only S3 wants the body's checksum in a header of its own; the signature covers the body without it.
    applyChecksum: false,
  })
  const signed = await signer.sign(
    {
      method,
      protocol: target.isSecure ? 'https:' : 'http:',
      hostname: target.hostname,
      // As it is sent: the signature encodes what is encoded already once more, and AWS does so too.
      path: target.path === '' ? '/' : target.path,
      query: queryOf(target),
      headers: { ...request.headers, host },
      body: body ?? '',
    },
    { signingDate: scope.date },
  )
  return { ...request, headers: signed.headers }
}

/**
 * The same path and query in the spelling of AWS's own clients. Of others the signature may differ from the one that AWS computes, and
 * its refusal reads like that of a bad key.
 */
export function spelledForAws(target: Target): Target {
  const query = target.query.split('&').flatMap((part) => {
    const [name = '', ...value] = part.split('=').map(spelled)
    // The signer loses the one name, and nobody knows how AWS reads the other.
    return name === '' || name === '__proto__' ? [] : [`${name}=${value.join('%3D')}`]
  })
  return targetAt(target, target.path.split('/').map(spelled).join('/'), query.join('&'))
}

function spelled(text: string): string {
  const escaped = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  return encodeURIComponent(percentDecoded(text) ?? text).replace(/[!'()*]/g, escaped)
}

/** Names and values, decoded: the signer encodes them in its own way. A plus sign stands for itself, as AWS has it. */
function queryOf({ query }: Target): Record<string, string[]> {
  const found = new Map<string, string[]>()
  for (const pair of query.split('&').filter((part) => part !== '')) {
    const [name = '', ...value] = pair.split('=').map((part) => percentDecoded(part) ?? part)
    found.set(name, [...(found.get(name) ?? []), value.join('=')])
  }
  return Object.fromEntries(found)
}

type Data = string | ArrayBuffer | ArrayBufferView

/** SHA-256 and its HMAC from Node, in the form that the signer asks for. */
class NodeSha256 {
  readonly #secret: Data | undefined
  #hash: Hash | Hmac

  constructor(secret?: Data) {
    this.#secret = secret
    this.#hash = start(secret)
  }

  update(data: Data): void {
    this.#hash.update(bytesOf(data))
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }

  reset(): void {
    this.#hash = start(this.#secret)
  }
}

function start(secret: Data | undefined): Hash | Hmac {
  return secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret))
}

function bytesOf(data: Data): Buffer {
  if (typeof data === 'string') return Buffer.from(data, 'utf8')
  return data instanceof ArrayBuffer ? Buffer.from(data) : Buffer.from(data.buffer, data.byteOffset, data.byteLength)
}
