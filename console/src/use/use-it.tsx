import { Alert, Anchor, Code, Text } from '@mantine/core'
import type { ProviderDetailsFragment, ProviderType } from '../generated/documents.ts'
import { Section } from '../parts/section.tsx'
import { callAddress } from '../provider/call-address.tsx'
import { whyNotCallable } from '../provider/why-not-callable.ts'
import { usePermissions } from '../session/session.ts'
import { CreateTokenButton } from './create-token-button.tsx'
import { TOKEN_VARIABLE } from './snippet.ts'
import { SnippetTabs } from './snippet-tabs.tsx'
import { modelFor, snippetsFor } from './snippets.ts'

/** How tools call models with the keys of a provider: lines to copy, and the token that they need. */
export function UseIt({ provider }: { readonly provider: ProviderDetailsFragment }) {
  const { mayAdminister } = usePermissions()
  const reason = whyNotCallable(provider)
  const type: ProviderType = provider.settings === null ? provider.type : 'BEDROCK'
  // What its latest good test has listed.
  const listed = provider.models.nodes.map(({ name }) => name)
  const target = {
    ...{ name: provider.name, url: callAddress(provider), model: modelFor(type, listed) },
    region: provider.settings?.region ?? 'us-east-1',
  }
  return (
    <Section title="Use it" aside={<CreateTokenButton scope={{ providers: [provider], models: [] }} />}>
      {reason !== null && (
        <Alert color="yellow" role="status" title="Calls are refused now" mb="sm">
          {reason}
        </Alert>
      )}
      <Text fz="sm" mb="sm">
        Tools call the models through the gateway and never see the keys. Put a token of this gateway into <Code>{TOKEN_VARIABLE}</Code>, or
        where a tool asks for the API key.{' '}
        {mayAdminister ? 'It needs model calls in its scope.' : 'Ask an admin for one that may make model calls.'}{' '}
        <Anchor inherit underline="always" href="/docs/calls">
          About model calls
        </Anchor>
      </Text>
      <SnippetTabs snippets={snippetsFor(type, target)} />
    </Section>
  )
}
