import type { Answer, Reply, UpstreamRequest } from '../client/messages.ts'
import type { Verdict } from './connection-status.ts'
import type { Credential } from './credential.ts'
import type { ProviderTypeInfo } from './provider-type.ts'
import type { Scrubber } from './scrub.ts'
import type { VendorPreset } from './vendor-presets.ts'

/** How a service is named to a person. */
export interface ServiceNames {
  readonly displayName: string
  readonly keyPageUrl: string | null
  readonly exampleBaseUrl: string | null
}

/** How a key is tried: the request that carries it, and what an answer to it means. */
export interface KeyTrial {
  /** Builds the request for the real key and for a random one alike. */
  readonly request: (key: string) => UpstreamRequest | Promise<UpstreamRequest>
  readonly judge: (answer: Answer) => Verdict
  /** Whether a good answer must be checked against one for a random key. */
  readonly needsControl: boolean
}

/** A call that is refused after the key was checked, and so costs nothing. */
export interface RefusedCall {
  /** Builds the call for the real key and for a random one alike. */
  readonly request: (key: string) => UpstreamRequest
  /** What a refusal means by its status and wording; null for 2xx. */
  readonly judgeRefusal: (answer: Answer) => Verdict | null
  /** What the list of models said before; it stands when this call finds no API either. */
  readonly listing: Verdict
}

/** Sends the requests of one test. */
export interface Sender {
  /** With the provider's retries. */
  send(request: UpstreamRequest): Promise<Reply>
  /** Without retries, for requests that the verdict does not depend on. */
  sendOnce(request: UpstreamRequest): Promise<Reply>
}

/** One test under way, as a probe sees it. */
export interface ProbeTest extends Sender {
  /** The endpoint, checked and without a pasted route at its end. */
  readonly base: URL
  readonly credential: Credential
  readonly preset: VendorPreset | null
  readonly names: ServiceNames
  /** Whether the endpoint is the vendor's own, whose routes are known to refuse bad keys. */
  readonly isVendorHost: boolean
  /** Where the provider says that its models are listed, on its own origin; null for the usual place. */
  readonly modelsUrl: URL | null
  readonly scrubber: Scrubber
  /** Sends the key, and a random one after it where the trial asks for that. */
  tryKey(key: string, trial: KeyTrial): Promise<Verdict>
  /** Sends a call that cannot succeed, to see whether the key gets past the check of keys. */
  tryRefusedCall(key: string, call: RefusedCall): Promise<Verdict>
}

/** How one provider type is tested. */
export interface Probe {
  readonly info: ProviderTypeInfo
  /** The vendor's own hosts, over https. */
  readonly vendorHost: RegExp
  run(test: ProbeTest): Promise<Verdict>
}
