import { createHash, createHmac } from 'node:crypto'
import type { RecordedAnswer, RecordedRequest } from './recorder.ts'
import { bearerKey, type VendorShapes } from './vendor-shapes.ts'

/** An AWS credential that the imitation knows. As a good key it is written `id:secret`, with `:token` if it is temporary. */
interface Known {
  readonly id: string
  readonly secret: string
  readonly token: string | undefined
}

const bedrockError = (status: number, type: string, message: string): RecordedAnswer => ({
  status,
  headers: { 'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/com.amazon.coral.service/` },
  body: { message },
})

/** Bedrock's control endpoint. It checks signatures by itself, and takes a good key without colons as a Bedrock API key. */
export const bedrockShapes: VendorShapes = {
  basePath: '',
  keyOf: (request) => bearerKey(request) ?? accessKeyOf(request),
  answer(request, options, isGoodKey) {
    const key = bearerKey(request)
    if (options.situation !== 'acceptsAnyKey') {
      if (key !== null && !isGoodKey)
        return { status: 403, body: { Message: 'Authentication failed: Please make sure your API Key is valid.' } }
      const refusal = key === null ? signatureRefusal(request, options.goodKeys, 'bedrock') : null
      if (refusal) return bedrockError(403, refusal.code, refusal.message)
    }
    switch (options.situation) {
      case 'noPermission':
        return bedrockError(
          403,
          'AccessDeniedException',
          'User: arn:aws:iam::123456789012:user/x is not authorized to perform: bedrock:ListFoundationModels',
        )
      case 'throttled':
        return bedrockError(400, 'ThrottlingException', 'Rate exceeded')
      case 'clockSkew':
        return bedrockError(403, 'InvalidSignatureException', 'Signature expired: 20150830T123600Z is now earlier than 20150830T124000Z')
      default:
        return {
          status: 200,
          body: { modelSummaries: options.models.map((modelId) => ({ modelId, modelName: modelId, providerName: 'Anthropic' })) },
        }
    }
  },
}

const ASSUMED: Known = {
  id: 'ASIATEMPORARY0000001',
  secret: 'temporarySecret+/0123456789abcdefghijklmn',
  token: 'temporary-session-token-0123456789',
}
export const assumedKey = `${ASSUMED.id}:${ASSUMED.secret}:${ASSUMED.token}`

/** AWS's token service: gives `ASSUMED` to a known key pair with the right external ID. */
export function answerSts(
  request: RecordedRequest,
  known: readonly string[],
  externalId: string | null,
  form: 'json' | 'xml' = 'json',
): RecordedAnswer {
  const refusal = signatureRefusal(request, known, 'sts')
  if (refusal)
    return stsError(
      403,
      refusal.code === 'UnrecognizedClientException' ? 'InvalidClientTokenId' : 'SignatureDoesNotMatch',
      refusal.message,
      form,
    )
  const asked = new URLSearchParams(request.body)
  if (asked.get('ExternalId') !== externalId) {
    return stsError(
      403,
      'AccessDenied',
      `User: arn:aws:iam::123456789012:user/x is not authorized to perform: sts:AssumeRole on resource: ${asked.get('RoleArn')}`,
      form,
    )
  }
  const fields = { AccessKeyId: ASSUMED.id, SecretAccessKey: ASSUMED.secret, SessionToken: ASSUMED.token }
  if (form === 'json')
    return { status: 200, body: { AssumeRoleResponse: { AssumeRoleResult: { Credentials: { ...fields, Expiration: 1790000000 } } } } }
  const credentials = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`)
  const body = `<AssumeRoleResponse><AssumeRoleResult><Credentials>${credentials.join('')}</Credentials></AssumeRoleResult></AssumeRoleResponse>`
  return { status: 200, headers: { 'content-type': 'text/xml' }, body }
}

function stsError(status: number, code: string, message: string, form: 'json' | 'xml'): RecordedAnswer {
  if (form === 'json') return { status, body: { Error: { Code: code, Message: message, Type: 'Sender' }, RequestId: 'x' } }
  const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`
  return { status, headers: { 'content-type': 'text/xml' }, body }
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z]+)\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/

function accessKeyOf(request: RecordedRequest): string | null {
  return AUTHORIZATION.exec(request.headers.authorization ?? '')?.[1] ?? null
}

/** Checks a signature as AWS documents it, with none of the code that made it. */
function signatureRefusal(request: RecordedRequest, known: readonly string[], service: string): { code: string; message: string } | null {
  const parts = AUTHORIZATION.exec(request.headers.authorization ?? '')
  if (!parts) return { code: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' }
  const [, id = '', day = '', region = '', named = '', signedHeaders = '', signature = ''] = parts
  const credential = known.map(parseKnown).find((candidate) => candidate.id === id)
  if (!credential || credential.token !== request.headers['x-amz-security-token']) {
    return { code: 'UnrecognizedClientException', message: 'The security token included in the request is invalid.' }
  }
  const scope = `${day}/${region}/${named}/aws4_request`
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonicalRequest(request, signedHeaders))].join('\n')
  const key = [day, region, named, 'aws4_request'].reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${credential.secret}`)
  return named === service && hmac(key, text).toString('hex') === signature
    ? null
    : { code: 'InvalidSignatureException', message: 'The request signature we calculated does not match the signature you provided.' }
}

function parseKnown(text: string): Known {
  const [id = '', secret = '', token] = text.split(':')
  return { id, secret, token }
}

function canonicalRequest(request: RecordedRequest, signedHeaders: string): string {
  const url = new URL(request.path, 'http://vendor')
  const query = [...url.searchParams].map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).sort()
  const headers = signedHeaders.split(';').map((name) => `${name}:${request.headers[name]}\n`)
  return [request.method, url.pathname, query.join('&'), headers.join(''), signedHeaders, sha256(request.body)].join('\n')
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
