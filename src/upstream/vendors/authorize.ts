import type { UpstreamRequest } from '../client/messages.ts'
import type { Target } from '../client/target.ts'
import { signAws } from './aws-signature.ts'
import { regionOf } from './bedrock-endpoint.ts'
import type { AwsCredential, Credential } from './credential.ts'
import { bearer } from './openai-api.ts'
import { probeOf } from './probe-registry.ts'
import type { ProviderType } from './provider-type.ts'
import type { VendorPreset } from './vendor-presets.ts'

/** What decides how a credential is sent, besides the credential. */
export interface AuthorizationRules {
  readonly type: ProviderType
  /** The endpoint that the credential is for. */
  readonly base: Target
  readonly preset: VendorPreset | null
  /** `DEFAULT`: as the type does it. `BEARER`: as `Authorization: Bearer`. Anything else names the header that carries the key alone. */
  readonly authentication: string
}

/**
 * Gives a request its credential: headers, or a signature over its path, query and body as they are sent. Nothing else turns
 * a credential into text. Headers that the request has already stay, but for those that carry the credential.
 */
export async function authorize(request: UpstreamRequest, credential: Credential, rules: AuthorizationRules): Promise<UpstreamRequest> {
  const asked = { ...request, headers: authorizedHeaders(request, credential, rules) }
  return isSigned(credential) ? signed(asked, credential, rules) : asked
}

/** Whether a credential becomes a signature over the whole request, rather than a header. */
export function isSigned(credential: Credential): credential is AwsCredential {
  return credential.kind === 'aws' && credential.apiKey === null
}

/** The headers of a request with those of its type and, unless it is signed, of its credential. */
export function authorizedHeaders(
  { headers, target }: Pick<UpstreamRequest, 'headers' | 'target'>,
  credential: Credential,
  rules: AuthorizationRules,
): UpstreamRequest['headers'] {
  const asked = { ...probeOf(typeFor(rules.type, credential)).defaultHeaders, ...headers }
  if (credential.kind === 'none' || credential.apiKey === null) return asked
  return withKey({ headers: asked, target }, credential.apiKey.reveal(), rules, credential)
}

/** A provider of another type may hold credentials of AWS: then Bedrock is what they open. */
export function typeFor(type: ProviderType, credential: Credential): ProviderType {
  return credential.kind === 'aws' ? 'BEDROCK' : type
}

function withKey(
  { headers, target }: Pick<UpstreamRequest, 'headers' | 'target'>,
  key: string,
  { type, base, preset, authentication }: AuthorizationRules,
  credential: Credential,
): UpstreamRequest['headers'] {
  switch (authentication) {
    case 'DEFAULT':
      return mergeBeta(headers, probeOf(typeFor(type, credential)).keyHeaders(key, { base, target, preset }))
    case 'BEARER':
      return { ...headers, ...bearer(key) }
    default:
      return { ...headers, [authentication.toLowerCase()]: key }
  }
}

/** What a request asks of Anthropic's betas stays beside what the key needs. */
function mergeBeta(headers: UpstreamRequest['headers'], added: Readonly<Record<string, string>>): UpstreamRequest['headers'] {
  const betas = [headers['anthropic-beta'], added['anthropic-beta']].filter((beta) => beta !== undefined)
  return { ...headers, ...added, ...(betas.length > 0 ? { 'anthropic-beta': betas.join(',') } : {}) }
}

async function signed(
  request: UpstreamRequest,
  { keyPair, region }: AwsCredential,
  { base }: AuthorizationRules,
): Promise<UpstreamRequest> {
  const scope = region ?? regionOf(base)
  if (keyPair === null || scope === null) return request
  const keys = {
    accessKeyId: keyPair.accessKey.reveal(),
    secretAccessKey: keyPair.accessKeySecret.reveal(),
    sessionToken: keyPair.sessionToken?.reveal() ?? null,
  }
  const service = request.target.hostname.startsWith('sts.') ? 'sts' : 'bedrock'
  return signAws(request, keys, { service, region: scope, date: new Date() })
}
