import type { Keyring } from '../crypto/keyring.ts'
import type { Database } from '../database/client.ts'
import type { CheckEndpoint } from './provider-input.ts'

/** What the commands work with. */
export interface ProviderDeps {
  readonly database: Database
  readonly keyring: Keyring
  readonly clock: () => Date
  readonly checkEndpoint: CheckEndpoint
}
