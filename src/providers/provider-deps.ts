import type { ReadSecretVariable } from '../api-keys/secret-variable.ts'
import type { CallerRules } from '../auth/caller-rules.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { Database } from '../database/client.ts'
import type { CheckProxy } from './proxy-input.ts'

/** Says what is wrong with an endpoint for this caller, or null: the address policy's part of the rules. */
type CheckEndpoint = (baseUrl: string, rules: CallerRules, allowPrivateNetwork: boolean) => string | null

/** Says why tests and calls will refuse a saved URL, of an endpoint or of a proxy, under the operator's policy; null when its looks do not rule it out. */
type EndpointWarning = (url: string, allowPrivateNetwork: boolean) => string | null

/** What the commands work with. */
export interface ProviderDeps {
  readonly database: Database
  readonly keyring: Keyring
  readonly clock: () => Date
  readonly checkEndpoint: CheckEndpoint
  readonly checkProxy: CheckProxy
  readonly endpointWarning: EndpointWarning
  readonly readSecretVariable: ReadSecretVariable
}
