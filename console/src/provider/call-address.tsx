import type { ProviderDetailsFragment } from '../generated/documents.ts'
import { CopyButton } from '../parts/copy-button.tsx'

/** Where calls to a provider begin, as a URL: of the gateway, or of this page where the gateway does not know its own. */
export function callAddress({ callPath, callUrl }: Pick<ProviderDetailsFragment, 'callPath' | 'callUrl'>): string {
  return callUrl ?? new URL(callPath, location.origin).href
}

/** The same to read and to copy. */
export function CallAddress({ provider }: { readonly provider: ProviderDetailsFragment }) {
  const address = callAddress(provider)
  return (
    <>
      <code>{provider.callPath}</code>
      <CopyButton value={address} label={`Copy ${address}`} />
    </>
  )
}
