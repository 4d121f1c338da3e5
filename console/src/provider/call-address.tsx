import { gatewayAddress } from '../gateway-address.ts'
import type { ProviderDetailsFragment } from '../generated/documents.ts'
import { CopyButton } from '../parts/copy-button.tsx'

/** Where calls to a provider begin, as a URL. */
export function callAddress({ callPath }: Pick<ProviderDetailsFragment, 'callPath'>): string {
  return gatewayAddress + callPath
}

/** The same to read and to copy. */
export function CallAddress({ provider }: { readonly provider: ProviderDetailsFragment }) {
  const address = callAddress(provider)
  return (
    <span className="copied">
      <code>{provider.callPath}</code>
      <CopyButton value={address} />
    </span>
  )
}
