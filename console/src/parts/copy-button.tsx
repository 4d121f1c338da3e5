import { Button, CopyButton as Copying } from '@mantine/core'
import { CheckIcon, CopyIcon } from './icons.tsx'

export interface CopyButtonProps {
  readonly value: string
  /** What is copied, for who hears the page. */
  readonly label: string
}

/** Copies a text, and says so for a moment. */
export function CopyButton({ value, label }: CopyButtonProps) {
  return (
    <Copying value={value}>
      {({ copied, copy }) => (
        <Button
          size="compact-xs"
          variant="subtle"
          className="touch-target"
          aria-label={label}
          leftSection={copied ? <CheckIcon size={14} /> : <CopyIcon size={14} />}
          onClick={copy}
        >
          {copied ? 'Copied' : 'Copy'}
        </Button>
      )}
    </Copying>
  )
}
