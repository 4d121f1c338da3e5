import type { Credential } from './credential.ts'
import type { Reply, UpstreamRequest } from './messages.ts'
import type { Outcome } from './outcome.ts'
import type { ProviderTypeInfo } from './provider-type.ts'
import type { Scrubber } from './scrub.ts'
import type { VendorPreset } from './vendor-presets.ts'

/** An outcome before it is known how long it took. */
export type Verdict = Omit<Outcome, 'durationMs'>

/** How a service is named to a person. */
export interface ServiceNames {
  readonly displayName: string
  readonly keyPageUrl: string | null
  readonly exampleBaseUrl: string | null
}

/** One test under way, as a probe sees it. */
export interface ProbeTest {
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
  /** With the provider's retries. */
  send(request: UpstreamRequest): Promise<Reply>
  /** Without retries, for requests that the verdict does not depend on. */
  sendOnce(request: UpstreamRequest): Promise<Reply>
}

/** How one provider type is tested. */
export interface Probe {
  readonly info: ProviderTypeInfo
  /** The vendor's own hosts, over https. */
  readonly vendorHost: RegExp
  run(test: ProbeTest): Promise<Verdict>
}
