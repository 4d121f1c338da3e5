import { TextInput } from '@mantine/core'
import { SearchIcon } from './icons.tsx'
import { useNotify } from './notices.tsx'
import { endOfPastedKey } from './pasted-key.ts'

export interface KeySearchProps {
  readonly label: string
  readonly placeholder: string
  readonly value: string
  readonly onChange: (text: string) => void
}

/** Searches for a text. Of a whole key that is pasted it takes the end alone. */
export function KeySearch({ label, placeholder, value, onChange }: KeySearchProps) {
  const notify = useNotify()
  const search = (text: string) => {
    const end = endOfPastedKey(text)
    onChange(end ?? text)
    if (end !== null)
      notify({ tone: 'good', title: `Searching for keys that end in ${end}`, message: 'The key itself was not sent or stored.' })
  }
  return (
    <TextInput
      className="list-search"
      aria-label={label}
      placeholder={placeholder}
      type="search"
      leftSection={<SearchIcon size={16} />}
      value={value}
      onChange={(event) => search(event.currentTarget.value)}
    />
  )
}
