import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import type { UpstreamRequest } from '../client/messages.ts'

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
  const { url, method, body } = request
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
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: queryOf(url),
      headers: { ...request.headers, host: url.host },
      body: body ?? '',
    },
    { signingDate: scope.date },
  )
  return { ...request, headers: signed.headers }
}

function queryOf(url: URL): Record<string, string[]> {
  const names = [...new Set(url.searchParams.keys())]
  return Object.fromEntries(names.map((name) => [name, url.searchParams.getAll(name)]))
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
