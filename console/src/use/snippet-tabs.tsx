import { Tabs, Text } from '@mantine/core'
import { useSearchParams } from 'wouter'
import { CopyButton } from '../parts/copy-button.tsx'
import type { Snippet } from './snippet.ts'

/** The parameter of the page's URL that names the chosen tool, so that a link shows it. */
const PARAMETER = 'use'

/** One tab per SDK or tool, each with lines to copy. */
export function SnippetTabs({ snippets }: { readonly snippets: readonly Snippet[] }) {
  const [parameters, setParameters] = useSearchParams()
  const [first] = snippets
  const asked = parameters.get(PARAMETER)
  const chosen = snippets.find(({ id }) => id === asked) ?? first
  const choose = (id: string | null) =>
    setParameters(
      (before) => {
        const next = new URLSearchParams(before)
        if (id !== null) next.set(PARAMETER, id)
        return next
      },
      { replace: true },
    )
  return (
    <Tabs value={chosen?.id ?? null} onChange={choose} variant="pills" keepMounted={false}>
      <Tabs.List aria-label="SDKs and tools" className="use-tabs">
        {snippets.map(({ id, label }) => (
          <Tabs.Tab key={id} value={id} className="touch-target">
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {snippets.map((snippet) => (
        <Tabs.Panel key={snippet.id} value={snippet.id} pt="sm">
          <SnippetPanel snippet={snippet} />
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}

function SnippetPanel({ snippet: { label, where, text } }: { readonly snippet: Snippet }) {
  return (
    <>
      <div className="use-head">
        <Text fz="sm" c="dimmed">
          {where}
        </Text>
        <CopyButton value={text} what={`the lines for ${label}`} />
      </div>
      <pre className="use-lines">
        <code>{text}</code>
      </pre>
    </>
  )
}
