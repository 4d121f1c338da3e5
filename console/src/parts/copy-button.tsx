import { Button } from '@mantine/core'
import { CheckIcon, CopyIcon } from './icons.tsx'
import { useCopy } from './use-copy.ts'

export interface CopyButtonProps {
  readonly value: string
  /** What is copied, for who hears the page: the text itself when left out. */
  readonly what?: string
}

/** A text that copies itself when it is pressed. */
export function CopyCode({ text }: { readonly text: string }) {
  const { copied, copy } = useCopy(text)
  return (
    <button
      type="button"
      className="copy-code"
      title={copied ? 'Copied' : 'Copy'}
      aria-label={copied ? `Copied ${text}` : `Copy ${text}`}
      onClick={copy}
    >
      <code>{text}</code>
      {copied ? <CheckIcon size={12} /> : <CopyIcon size={12} />}
    </button>
  )
}

/** Copies a text, and says so for a moment. */
export function CopyButton({ value, what = value }: CopyButtonProps) {
  const { copied, copy } = useCopy(value)
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      className="touch-target"
      aria-label={`${copied ? 'Copied' : 'Copy'} ${what}`}
      leftSection={copied ? <CheckIcon size={14} /> : <CopyIcon size={14} />}
      onClick={copy}
    >
      {copied ? 'Copied' : 'Copy'}
    </Button>
  )
}
