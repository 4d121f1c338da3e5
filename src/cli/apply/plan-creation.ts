import type { Caller } from '../../auth/principal.ts'
import { ValidationError } from '../../errors.ts'
import { type CheckDeps, checkProvider } from '../../providers/check-provider.ts'
import { willHaveEndpoint } from '../../providers/key-endpoint.ts'
import { readNetworkConfig } from '../../providers/network-config.ts'
import type { ProviderDeps } from '../../providers/provider-deps.ts'
import type { NewProvider } from '../../providers/provider-input.ts'
import { type ProviderWarning, warningsOf } from '../../providers/provider-warnings.ts'
import { planNetwork } from '../../providers/store-network.ts'
import { toNewProvider } from '../../providers/upsert-provider.ts'
import { knownVendorNames } from '../../providers/vendor-defaults.ts'
import { PartialFailure } from '../failure.ts'
import { nearest } from './file-problems.ts'
import { newKeys } from './plan-keys.ts'
import { newSecrets, toBedrockInput, toExtensionFields, toNetworkInput } from './plan-parts.ts'
import type { FileProvider } from './providers-file.ts'
import type { ReadSecret } from './read-secret.ts'

/** What creating a provider takes to be checked. */
export type CreationDeps = CheckDeps & Pick<ProviderDeps, 'endpointWarning'>

/**
 * The provider that a file states, as the command takes it that creates it.
 * @throws ValidationError, PartialFailure: what is wrong with it.
 */
export async function planNewProvider(deps: CreationDeps, caller: Caller, wanted: FileProvider, read: ReadSecret): Promise<NewProvider> {
  const { name, type, baseUrl, displayName, icon, enabled, placeholder, asStored, modelsPath, authentication, testAfterWrites } = wanted
  const { callRoutes, callHeaders } = wanted
  const fresh = newSecrets(read)
  const input = {
    ...{ name, type, baseUrl, displayName, icon, enabled, placeholder, asStored, modelsPath, authentication, testAfterWrites },
    ...{ callRoutes, callHeaders },
    settings: wanted.settings && (await toBedrockInput(wanted.settings.bedrock, fresh)),
    network: wanted.network && (await toNetworkInput(wanted.network, null, fresh)),
    apiKeys: newKeys(wanted.apiKeys ?? [], read),
    ...(await toExtensionFields(wanted, null, fresh)),
  }
  const made = toNewProvider(input, caller)
  // In a file an empty name to show is none, also where the vendor has one.
  const provider = displayName === undefined ? made : { ...made, displayName }
  if (!placeholder && !willHaveEndpoint(provider, provider.apiKeys)) refuseMistyped(name)
  const issues = checkProvider(deps, caller, provider)
  if (issues.length > 0) throw new ValidationError(issues)
  return provider
}

/** A placeholder by mistake is found much later, when a tool asks for the provider. */
function refuseMistyped(name: string): void {
  const meant = nearest(name, knownVendorNames())
  if (meant === null) return
  throw new PartialFailure(
    `name: no vendor is called "${name}", so the provider would have no endpoint. Did you mean "${meant}"? Else give its \`baseUrl\`, or say \`placeholder: true\` for one that has no endpoint yet.`,
  )
}

/** What tests and calls will refuse about a new provider. */
export function warningsOfNew(deps: CreationDeps, { baseUrl, network, apiKeys }: NewProvider): ProviderWarning[] {
  const endpoints = apiKeys.map(
    ({ configuration }) => configuration?.parts?.find(({ name }) => name === 'endpoint')?.value?.reveal() ?? null,
  )
  return warningsOf(deps, { baseUrl, network: network ? planNetwork(network, readNetworkConfig(null)).config : null }, endpoints)
}
