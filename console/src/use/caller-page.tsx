import { Code, NativeSelect, Paper, Skeleton, Text } from '@mantine/core'
import { useCallback, useEffect, useState } from 'react'
import type { CallableProvider } from '../gateway/callable-providers.ts'
import type { Problem } from '../gateway/problem.ts'
import { PageHeading } from '../parts/page-heading.tsx'
import { ProblemPanel } from '../parts/problem-panel.tsx'
import { Section } from '../parts/section.tsx'
import { Shell } from '../parts/shell.tsx'
import { useUrlState } from '../parts/use-url-state.ts'
import { useSession } from '../session/session.ts'
import { TOKEN_VARIABLE } from './snippet.ts'
import { SnippetTabs } from './snippet-tabs.tsx'
import { modelFor, snippetsFor } from './snippets.ts'

const AWAY: Problem = { kind: 'offline', message: 'The providers that your token may call could not be read.', retryAfterSeconds: null }

/** All that there is for a token which makes model calls alone: the providers that it may call, and how. */
export function CallerPage() {
  const { callable } = useSession().clients
  const [providers, setProviders] = useState<readonly CallableProvider[] | 'unknown' | 'away'>('unknown')
  const read = useCallback(() => {
    callable().then(setProviders, () => setProviders('away'))
  }, [callable])
  useEffect(read, [read])
  return (
    <Shell>
      <PageHeading title="Use it" />
      {providers === 'unknown' && <Skeleton height={240} />}
      {providers === 'away' && <ProblemPanel problem={AWAY} onRetry={read} />}
      {Array.isArray(providers) && <Chosen providers={providers} />}
    </Shell>
  )
}

function Chosen({ providers }: { readonly providers: readonly CallableProvider[] }) {
  const { calls } = useSession().viewer
  const [parameters, change] = useUrlState()
  const [first] = providers
  const provider = providers.find(({ name }) => name === parameters.get('provider')) ?? first
  if (provider === undefined)
    return (
      <Paper withBorder p="xl" className="empty">
        <Text fw={600}>No provider to call</Text>
        <Text c="dimmed" fz="sm" mt={4}>
          The providers of your token are disabled or deleted. Ask an admin for another scope.
        </Text>
      </Paper>
    )
  const { name, type, url } = provider
  return (
    <Section title={name}>
      <NativeSelect
        label="Provider"
        mb="sm"
        maw={360}
        data={providers.map((one) => one.name)}
        value={name}
        onChange={(event) => change({ provider: event.currentTarget.value })}
      />
      <Text fz="sm" mb="sm">
        Put the token that you signed in with into <Code>{TOKEN_VARIABLE}</Code>, or where a tool asks for the API key.
      </Text>
      <SnippetTabs snippets={snippetsFor(type, { name, url, model: modelFor(type, calls?.models ?? []), region: 'us-east-1' })} />
    </Section>
  )
}
