import { Code, Text } from '@mantine/core'
import { gatewayAddress } from '../gateway-address.ts'
import type { RouteFieldsFragment } from '../generated/documents.ts'
import { Section } from '../parts/section.tsx'
import { CreateTokenButton } from '../use/create-token-button.tsx'
import { TOKEN_VARIABLE } from '../use/snippet.ts'
import { SnippetTabs } from '../use/snippet-tabs.tsx'
import { routeSnippets } from '../use/snippets.ts'

/** Lines to copy: a route is called like a model, at the address of the gateway itself. */
export function UseRoute({ route: { name, enabled, targets } }: { readonly route: RouteFieldsFragment }) {
  const providers = new Map(targets.flatMap(({ provider }) => (provider === null ? [] : [[provider.id, provider] as const])))
  const scope = { providers: [...providers.values()], models: [...new Set(targets.map(({ model }) => model))] }
  const types = scope.providers.map(({ type }) => type)
  return (
    <Section title="Use it" aside={<CreateTokenButton scope={scope} />}>
      <Text fz="sm" mb="sm">
        {enabled ? '' : 'The route is disabled: calls that name it fail. '}
        Name the route as the model. Put a token of this gateway that may make model calls into <Code>{TOKEN_VARIABLE}</Code>, or where a
        tool asks for the API key.
      </Text>
      <SnippetTabs snippets={routeSnippets({ name, url: gatewayAddress, model: name, region: '' }, types)} />
    </Section>
  )
}
