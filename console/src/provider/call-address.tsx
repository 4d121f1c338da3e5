import { Button, CopyButton } from '@mantine/core'
import type { ProviderDetailsFragment } from '../generated/documents.ts'
import { CheckIcon, CopyIcon } from '../parts/icons.tsx'

/** Where model calls to the provider begin, to copy: as a URL of the gateway, or of the page where it does not know its own. */
export function CallAddress({ provider: { callPath, callUrl } }: { readonly provider: ProviderDetailsFragment }) {
  const address = callUrl ?? new URL(callPath, location.origin).href
  return (
    <>
      <code>{callPath}</code>
      <CopyButton value={address}>
        {({ copied, copy }) => (
          <Button
            size="compact-xs"
            variant="subtle"
            className="touch-target"
            aria-label={`Copy ${address}`}
            leftSection={copied ? <CheckIcon size={14} /> : <CopyIcon size={14} />}
            onClick={copy}
          >
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </CopyButton>
    </>
  )
}
