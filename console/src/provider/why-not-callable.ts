import type { ProviderDetailsFragment } from '../generated/documents.ts'

/** Why a call would be refused now and what to do about it; null when it would be forwarded. */
export function whyNotCallable(provider: ProviderDetailsFragment): string | null {
  if (provider.isCallable) return null
  // One whose keys have endpoints of their own is enabled without one.
  if (provider.baseUrl === '' && !provider.enabled) return 'It has no endpoint. Edit it and give it a base URL.'
  if (!provider.enabled) return 'It is disabled. An editor can enable it.'
  const keys = provider.apiKeys.nodes
  if (keys.length === 0) return 'No API key is stored. Add one.'
  if (keys.every(({ enabled }) => !enabled)) return 'Every key is disabled. Enable one, or add another.'
  const enabled = keys.filter((key) => key.enabled)
  if (enabled.every(({ availability }) => availability.state === 'REFUSED'))
    return 'The vendor refuses every enabled key. Rotate one, or add another.'
  return 'Every enabled key is unavailable for now. Wait, add another key, or reset one under "API keys".'
}
