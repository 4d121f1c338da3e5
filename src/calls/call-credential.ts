import type { IncomingHttpHeaders } from 'node:http'
import type { Target } from '../upstream/client/target.ts'
import { type AuthorizationRules, authorize, authorizedHeaders, isSigned } from '../upstream/vendors/authorize.ts'
import { regionOf } from '../upstream/vendors/bedrock-endpoint.ts'
import { type Credential, credentialProblem } from '../upstream/vendors/credential.ts'
import type { CallBody } from './call-body.ts'
import { CallError } from './error-codes.ts'
import { withHeaders } from './request-headers.ts'
import { UnusableKey } from './unusable-key.ts'

/** A request before its credential. */
export interface UnsignedRequest {
  readonly method: string
  readonly target: Target
  /** Name and value in turns. */
  readonly headers: readonly string[]
  readonly body: CallBody
}

/** Headers of callers that the headers of a credential add to, or make unnecessary. */
const SHARED = ['anthropic-version', 'anthropic-beta']

/**
 * The headers of a request with its credential, which wins over all others of the same name.
 * @throws UnusableKey.
 */
export async function withCredential(request: UnsignedRequest, credential: Credential, rules: AuthorizationRules): Promise<string[]> {
  const problem = problemOf(credential, rules)
  if (problem !== null) throw new UnusableKey(`The stored key cannot be sent: ${problem}.`)
  const { method, target, headers, body } = request
  const shared = { target, headers: sharedHeaders(headers) }
  if (!isSigned(credential)) return withHeaders(headers, authorizedHeaders(shared, credential, rules))
  if (body.kind === 'stream') {
    throw new CallError('format_not_supported', 'A request that is signed with an AWS key must have a JSON body.')
  }
  // Headers that are not signed may be changed on the way without harm; the body, the path and the query may not.
  const signed = await authorize({ method, ...shared, ...(body.kind === 'whole' ? { body: body.bytes } : {}) }, credential, rules)
  return withHeaders(headers, signed.headers)
}

function sharedHeaders(headers: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {}
  for (let index = 0; index < headers.length; index += 2) {
    const name = (headers[index] ?? '').toLowerCase()
    if (!SHARED.includes(name)) continue
    const value = headers[index + 1] ?? ''
    found[name] = name in found ? `${found[name]},${value}` : value
  }
  return found
}

/** Why the credential cannot be sent, as half a sentence; null when it can. */
function problemOf(credential: Credential, { base }: AuthorizationRules): string | null {
  if (isSigned(credential)) {
    if (credential.keyPair === null) return 'no AWS access key is stored'
    if ((credential.region ?? regionOf(base)) === null) return 'no AWS region is set'
  }
  return credentialProblem(credential)
}

/** Whether a text, or what stands behind its scheme, has the shape of a token of a gateway. */
export function isGatewayToken(text: string): boolean {
  return /^(?:\S+\s+)?gw_[A-Za-z0-9]{10}_/.test(text)
}

/**
 * The caller's own credential, for a provider to which callers bring one. A token of a gateway is none.
 * @throws CallError `invalid_gateway_token`.
 */
export function callersCredential({ authorization }: IncomingHttpHeaders): Readonly<Record<string, string>> {
  if (authorization !== undefined && !isGatewayToken(authorization)) return { authorization }
  throw new CallError(
    'invalid_gateway_token',
    "Send the gateway's access token in `x-api-key`, and your own GitHub token in `Authorization`.",
  )
}
