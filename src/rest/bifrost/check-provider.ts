import { backoffProblem } from './backoff.ts'
import { isStandard } from './names.ts'
import { readSecret } from './secret.ts'
import { BASE_PROVIDER_TYPES, type BaseProviderType, type CustomRequest, type SettingsRequest } from './wire-provider.ts'

/** The rules of a provider's fields in Bifrost's words and order (Bifrost contract, sections 1.2 and 1.3). Null: nothing is wrong. */

export function isBaseType(text: string | null | undefined): text is BaseProviderType {
  return BASE_PROVIDER_TYPES.some((base) => base === text)
}

/** What a POST says of a custom provider; the rule for Bedrock comes later. */
export function newCustomProblem(name: string, custom: CustomRequest | null | undefined): string | null {
  if (!custom) return null
  if (isStandard(name)) return 'Custom provider cannot be same as a standard provider'
  if (!custom.base_provider_type) return 'BaseProviderType is required when CustomProviderConfig is provided'
  return isBaseType(custom.base_provider_type) ? null : 'BaseProviderType must be a standard provider'
}

/** Bedrock's credentials are its keys, so it cannot be without (Bifrost contract, section 2.4). */
export function bedrockProblem(custom: CustomRequest | null | undefined): string | null {
  if (custom?.base_provider_type !== 'bedrock' || !custom.is_key_less) return null
  return 'Invalid custom provider config: custom provider validation failed: Bedrock providers cannot be keyless (is_key_less=true)'
}

/** What a PUT says of a custom provider; `stored` is what the provider is based on, when it is a custom one. */
export function changedCustomProblem(
  name: string,
  custom: CustomRequest | null | undefined,
  stored: BaseProviderType | null,
): string | null {
  const problem = (reason: string) => `Invalid custom provider config: ${reason}`
  if (!custom) return stored === null ? null : problem(`custom_provider_config cannot be removed after creation for provider ${name}`)
  const base = custom.base_provider_type ?? ''
  const invalid = (reason: string) => problem(`custom provider validation failed: ${reason}`)
  if (isStandard(name)) return invalid(`cannot be created on standard providers: ${name}`)
  if (base === '') return invalid('base_provider_type is required')
  if (!isBaseType(base)) return invalid(`unsupported base_provider_type: ${base.slice(0, 100)}`)
  if (bedrockProblem(custom) !== null) return bedrockProblem(custom)
  if (stored === null || stored === base) return null
  return problem(`provider ${name}: base_provider_type cannot be changed from ${stored} to ${base} after creation`)
}

/** A block that is there has both numbers; a PUT has the block. */
export function concurrencyProblem(block: SettingsRequest['concurrency_and_buffer_size'], isRequired: boolean): string | null {
  if (!block && !isRequired) return null
  const { concurrency, buffer_size: bufferSize } = block ?? {}
  if ((concurrency ?? 0) < 1) return 'Concurrency must be greater than 0'
  if ((bufferSize ?? 0) < 1) return 'Buffer size must be greater than 0'
  return (concurrency ?? 0) > (bufferSize ?? 0) ? 'Concurrency must be less than or equal to buffer size' : null
}

export function networkProblem(block: SettingsRequest['network_config']): string | null {
  return backoffProblem(block?.retry_backoff_initial ?? 0, block?.retry_backoff_max ?? 0)
}

/** What is stored of the fields that may be kept by sending their mask. */
export interface KeepableFields {
  readonly caCertificate: string | null
  readonly proxy: { readonly url: string | null; readonly username: string | null; readonly hasPassword: boolean } | null
  readonly hasProxyCertificate: boolean
}

/** Masks mean what is stored, so something must be (Bifrost contract, decisions at its top); references cannot be followed here. */
export function secretsProblem({ network_config: network, proxy_config: proxy }: SettingsRequest, stored: KeepableFields): string | null {
  const fields = [
    ['network_config.ca_cert_pem', network?.ca_cert_pem, stored.caCertificate !== null],
    ['proxy_config.url', proxy?.url, Boolean(stored.proxy?.url)],
    ['proxy_config.username', proxy?.username, Boolean(stored.proxy?.username)],
    ['proxy_config.password', proxy?.password, stored.proxy?.hasPassword ?? false],
    ['proxy_config.ca_cert_pem', proxy?.ca_cert_pem, stored.hasProxyCertificate],
  ] as const
  for (const [field, value, isStored] of fields) {
    const { kind } = readSecret(value)
    if (kind === 'mask' && !isStored) return withoutStoredValue(field)
    if (kind === 'variable' || kind === 'vault') return `references are not supported for ${field}; give the value`
  }
  return null
}

export function withoutStoredValue(field: string): string {
  return `masked preview cannot be used for ${field} without a stored value`
}
