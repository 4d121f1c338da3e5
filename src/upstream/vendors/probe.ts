import type { Reply, UpstreamRequest, UpstreamResponse } from '../client/messages.ts'
import type { Target } from '../client/target.ts'
import type { Credential } from './credential.ts'
import type { Finding, Judgement } from './judgement.ts'
import type { ProviderTypeInfo } from './provider-type.ts'
import type { Scrubber } from './scrub.ts'
import type { VendorPreset } from './vendor-presets.ts'

/** How a credential is tried: a request that will carry it, and what a response to it means. */
export interface KeyTrial {
  readonly request: UpstreamRequest
  judge(response: UpstreamResponse): Judgement
  /** Whether a good response must be checked against one for a random key. */
  readonly needsControl: boolean
}

/** A call that is refused after the key was checked, and so costs nothing. */
export interface RefusedCall {
  readonly request: UpstreamRequest
  /** What the list of models said before; it stands when this call finds no API either. */
  readonly listing: Finding
}

/**
 * Whether the list of models says so little that another call has to be tried: there is none, or it is kept from everybody.
 * On the vendor's own host each of these answers has its meaning.
 */
export function mayHaveNoList(listing: Finding): boolean {
  return listing.kind === 'refusal' && (listing.cause === 'ROUTE' || [401, 403].includes(listing.response.httpStatus))
}

/** Sends the requests of one test, each with the credential that it is given, or with none. */
export interface Sender {
  /** With the provider's retries. */
  send(request: UpstreamRequest, credential?: Credential): Promise<Reply>
  /** Without retries, for requests that the verdict does not depend on. */
  sendOnce(request: UpstreamRequest, credential?: Credential): Promise<Reply>
}

/** One test under way, as a probe sees it. */
export interface ProbeTest extends Sender {
  /** The endpoint, checked and without a pasted route at its end. */
  readonly base: Target
  readonly credential: Credential
  /** Whether an extra header of the provider carries a credential; it goes along with every request to the endpoint. */
  readonly hasCredentialHeader: boolean
  readonly preset: VendorPreset | null
  /** Whether the endpoint is the vendor's own, whose routes are known to refuse bad keys. */
  readonly isVendorHost: boolean
  /** Where the provider says that its models are listed, below its base; null for the usual place. */
  readonly modelsTarget: Target | null
  readonly scrubber: Scrubber
  /** Tries the provider's credential, or the one given, and a random one after it where the trial asks for that. */
  tryKey(trial: KeyTrial, credential?: Credential): Promise<Finding>
  /** Sends a call that cannot succeed, to see whether the key gets past the check of keys. */
  tryRefusedCall(call: RefusedCall): Promise<Finding>
}

/** Why a test of most types is not made. */
export const NO_KEY = 'No API key is stored for this provider. Add one to test it.'

/** Whether there is something to try: a key, or an extra header that stands in for one. */
export function hasCredential({ credential, hasCredentialHeader }: Pick<ProbeTest, 'credential' | 'hasCredentialHeader'>): boolean {
  return credential.kind !== 'none' || hasCredentialHeader
}

/** What decides which headers carry a key, besides the key. */
export interface KeyContext {
  /** The endpoint that the key is for. */
  readonly base: Target
  /** Where the request goes, with its path. */
  readonly target: Target
  readonly preset: VendorPreset | null
}

/** What the gateway knows of one provider type. */
export interface Probe {
  readonly info: ProviderTypeInfo
  /** The vendor's own hosts, over https. */
  readonly vendorHost: RegExp
  /** The headers that carry an API key, unless the provider names others. */
  keyHeaders(key: string, context: KeyContext): Readonly<Record<string, string>>
  /** Headers that the vendor wants with every request, whatever carries the key; those that a request has already stay. */
  readonly defaultHeaders?: Readonly<Record<string, string>>
  /** Origins of the vendor's own, besides the endpoint's, to which requests of this destination may go. */
  vendorOrigins?(base: Target, credential: Credential, preset: VendorPreset | null): readonly string[]
  run(test: ProbeTest): Promise<Finding>
}
