import { SecretVariableError } from '../api-keys/secret-variable.ts'
import { UnreadableSecretError } from '../crypto/unreadable-secret-error.ts'
import type { CallContext } from '../upstream/client/call-context.ts'
import type { OutgoingCall } from '../upstream/client/call-pool.ts'
import { assertDestination } from '../upstream/client/destination.ts'
import { type Header, isCredential, type NetworkSettings } from '../upstream/client/network-settings.ts'
import { requestPath, type Target } from '../upstream/client/target.ts'
import { type AuthorizationRules, isSigned, typeFor } from '../upstream/vendors/authorize.ts'
import { spelledForAws } from '../upstream/vendors/aws-signature.ts'
import { runtimeEndpoint } from '../upstream/vendors/bedrock-endpoint.ts'
import { type Credential, secretsOf } from '../upstream/vendors/credential.ts'
import { probeOf } from '../upstream/vendors/probe-registry.ts'
import { createScrubber, type Scrubber } from '../upstream/vendors/scrub.ts'
import type { AcceptedCall } from './accepted-call.ts'
import { requireAddressedInScope } from './addressed-models.ts'
import { callersCredential, withCredential } from './call-credential.ts'
import { CallError } from './error-codes.ts'
import type { CallPools } from './pools.ts'
import type { KeyForCall, OpenedKey, ProviderForCall } from './provider-for-call.ts'
import { withPlainAnswer } from './reported-usage.ts'
import { passedHeaders, withHeaders } from './request-headers.ts'
import type { RoleCredentials } from './role-credentials.ts'
import { UnusableKey } from './unusable-key.ts'

/** A request that is ready to be sent with one key. */
export interface OpenedRequest {
  readonly key: KeyForCall
  /** Where it goes, with its path and query. */
  readonly target: Target
  readonly outgoing: OutgoingCall
  /** Whether a credential of the gateway is in it, whose refusal is no business of the caller. */
  readonly isOurCredential: boolean
  /** Every secret that is in it. */
  secrets(): readonly string[]
  /** Knows them. */
  scrubber(): Scrubber
}

/** What requests are opened with. */
export interface OpenDeps {
  readonly roles: RoleCredentials
  readonly pools: CallPools
  /** Where callers may put the gateway's token, besides the slots of SDKs. */
  readonly tokenHeaders: readonly string[]
  /** How long a vendor may be silent within its answer, in milliseconds. */
  readonly idleMs: number
}

/**
 * Opens a key and makes the request that carries it.
 * @throws UnusableKey; CallError `no_endpoint`, `invalid_path`, `route_not_supported`, `format_not_supported`, `model_not_allowed`.
 */
export async function openRequest(call: AcceptedCall, key: KeyForCall, firstByteMs: number, deps: OpenDeps): Promise<OpenedRequest> {
  const { provider, method, body } = call
  const opened = openKey(key)
  const { network } = opened
  const { endpoint, target: placed } = placeOf(call, opened)
  const target = isSigned(opened.credential) ? spelledForAws(placed) : placed
  assertDestination({ target }, destinationOf(provider, opened))
  const rules = { type: provider.type, base: endpoint, preset: provider.preset, authentication: provider.authentication }
  const credential = await usableCredential({ call, key, network, rules }, opened.credential, deps)
  const passed = withPlainAnswer(call.scope, passedHeaders(call.request.rawHeaders, provider.callHeaders, deps.tokenHeaders))
  const plain = withHeaders(passed, extraHeaders(network.extraHeaders))
  const headers = provider.isCallersOwn
    ? withHeaders(plain, callersCredential(call.request.headers))
    : await withCredential({ method, target, headers: plain, body }, credential, rules)
  const headerSecrets = authenticatingValues(network)
  const secrets = () => [...secretsOf(opened.credential), ...secretsOf(credential), ...headerSecrets, network.proxy?.password ?? '']
  return {
    key,
    target,
    outgoing: {
      method,
      path: requestPath(target),
      headers: withLength(headers, call),
      body: bodyOf(body),
      firstByteMs,
      idleMs: deps.idleMs,
      // A vendor that reads the request and then hangs up looks the same, and a route calls each target at most once.
      isRepeatable: call.route === null,
    },
    isOurCredential: credential.kind !== 'none' || headerSecrets.length > 0,
    secrets,
    scrubber: () => createScrubber(secrets()),
  }
}

/** What decides where a call goes with a key. */
export type PlacedCall = Pick<AcceptedCall, 'provider' | 'scope' | 'plan' | 'isModelInPath'>

/**
 * Why a call cannot be made with a key, whatever the vendor says; null when it can be tried. Another key may lead elsewhere.
 * One that cannot be opened is for the attempt to tell of.
 */
export function unfitnessOf(call: PlacedCall, key: KeyForCall): CallError | null {
  try {
    placeOf(call, openKey(key))
    return null
  } catch (error) {
    if (error instanceof CallError) return error
    if (error instanceof UnusableKey) return null
    throw error
  }
}

/** @throws CallError. */
function placeOf(
  { provider, scope, plan, isModelInPath }: PlacedCall,
  opened: OpenedKey,
): { readonly endpoint: Target; readonly target: Target } {
  const endpoint = endpointFor(provider, opened)
  const target = plan(endpoint)
  requireAddressedInScope(scope, target, isModelInPath)
  return { endpoint, target }
}

/** @throws UnusableKey. */
function openKey(key: KeyForCall): OpenedKey {
  try {
    return key.open()
  } catch (error) {
    if (error instanceof SecretVariableError) throw new UnusableKey('The environment variable of the key has no value.')
    if (error instanceof UnreadableSecretError) throw new UnusableKey('The stored key cannot be opened. Store it again.')
    throw error
  }
}

/** @throws CallError `no_endpoint`. */
function storedEndpoint({ name, endpoint }: ProviderForCall, opened: OpenedKey): Target {
  const stored = opened.endpoint ?? endpoint
  if (stored === null) throw new CallError('no_endpoint', `The provider "${name}" has no endpoint.`)
  return stored
}

function endpointFor(provider: ProviderForCall, opened: OpenedKey): Target {
  const stored = storedEndpoint(provider, opened)
  return opened.credential.kind === 'aws' ? runtimeEndpoint(stored) : stored
}

/** Where the credential may go: the endpoint that it was stored for, and what the vendor's type lists beside it. */
function destinationOf(provider: ProviderForCall, opened: OpenedKey): Pick<CallContext, 'origin' | 'vendorOrigins'> {
  const stored = storedEndpoint(provider, opened)
  const vendorOrigins = probeOf(typeFor(provider.type, opened.credential)).vendorOrigins?.(stored, opened.credential, provider.preset) ?? []
  return { origin: stored.origin, vendorOrigins }
}

interface Opening {
  readonly call: AcceptedCall
  readonly key: KeyForCall
  readonly network: NetworkSettings
  readonly rules: AuthorizationRules
}

/** The credential as it is, or that of the role that it assumes. */
async function usableCredential(
  { call, key, network, rules }: Opening,
  credential: Credential,
  { roles, pools }: OpenDeps,
): Promise<Credential> {
  if (credential.kind !== 'aws' || credential.roleArn === null || credential.apiKey !== null || credential.keyPair === null)
    return credential
  const { roleArn } = credential
  const context = () => pools.contextFor(call.provider, rules.base, credential, network)
  return roles.assume({ id: `${key.id} ${key.edition}`, credential: { ...credential, roleArn }, rules, context })
}

/** Headers that describe the connection belong to the HTTP client; an extra header must not break its framing. */
const CONNECTION_HEADER = /^(?:connection|content-length|expect|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|accept-encoding)$/i

function extraHeaders(headers: readonly Header[]): Readonly<Record<string, string>> {
  return Object.fromEntries(headers.flatMap(({ name, value }) => (CONNECTION_HEADER.test(name) ? [] : [[name, value]])))
}

function withLength(headers: string[], { body }: AcceptedCall): string[] {
  return body.kind === 'stream' && body.length !== null ? [...headers, 'content-length', String(body.length)] : headers
}

function bodyOf(body: AcceptedCall['body']): OutgoingCall['body'] {
  switch (body.kind) {
    case 'none':
      return null
    case 'whole':
      return body.bytes
    case 'stream':
      return body.stream
  }
}

function authenticatingValues({ extraHeaders: headers }: NetworkSettings): string[] {
  return headers.flatMap(({ name, value }) => (isCredential(name, value) ? [value] : []))
}
