import type { ReactNode } from 'react'
import type { ProviderDetailsFragment } from '../generated/documents.ts'
import { Fact } from '../parts/fact.tsx'
import { typeName } from '../parts/provider-icon.tsx'
import { RelativeTime } from '../parts/relative-time.tsx'
import { Section } from '../parts/section.tsx'
import { ModelCalls } from './model-calls.tsx'

interface FactsProps {
  readonly provider: ProviderDetailsFragment
}

/** Everything else that is known of a provider, to read. */
export function Facts({ provider }: FactsProps) {
  return (
    <div className="detail-side">
      <ModelCalls provider={provider} />
      <Details provider={provider} />
      {provider.settings !== null && <BedrockFacts settings={provider.settings} />}
      <NetworkFacts network={provider.network} />
    </div>
  )
}

function Details({ provider }: FactsProps) {
  return (
    <Section title="Details">
      <dl className="facts">
        <Fact name="Name">
          <code>{provider.name}</code>
        </Fact>
        <Fact name="Type">{typeName(provider.type)}</Fact>
        <Fact name="Endpoint">{provider.baseUrl === '' ? noEndpointText(provider) : <code>{provider.baseUrl}</code>}</Fact>
        <Fact name="Version">{provider.version}</Fact>
        <Fact name="Changed">
          <RelativeTime at={provider.updatedAt} />
        </Fact>
        <Fact name="Created">
          <RelativeTime at={provider.createdAt} />
        </Fact>
        <Fact name="UUID">
          <code>{provider.uuid}</code>
        </Fact>
      </dl>
    </Section>
  )
}

function BedrockFacts({ settings }: { readonly settings: NonNullable<ProviderDetailsFragment['settings']> }) {
  return (
    <Section title="Amazon Bedrock">
      <dl className="facts">
        <Fact name="Region">{settings.region ?? 'Not set'}</Fact>
        <Fact name="Model">{settings.model ?? 'Not set'}</Fact>
        <Fact name="Small model">{settings.smallFastModel ?? 'Not set'}</Fact>
        <Fact name="Access key">{settings.hasAccessKey ? 'Stored' : 'None'}</Fact>
        <Fact name="Role">{settings.roleArn === null ? 'None' : <code>{settings.roleArn}</code>}</Fact>
        {settings.externalId !== null && (
          <Fact name="External ID">
            <code>{settings.externalId}</code>
          </Fact>
        )}
      </dl>
    </Section>
  )
}

function noEndpointText({ enabled }: Pick<ProviderDetailsFragment, 'enabled'>): string {
  return enabled ? 'Each key has its own' : 'None of its own'
}

function NetworkFacts({ network }: Pick<ProviderDetailsFragment, 'network'>) {
  return (
    <Section title="Network">
      <dl className="facts">
        <Fact name="Timeout">{network.timeoutMs.toLocaleString('en')} ms</Fact>
        <Fact name="Retries">
          {network.maxRetries === 0
            ? 'None'
            : `${network.maxRetries}, after ${network.retryBackoffInitialMs} to ${network.retryBackoffMaxMs} ms`}
        </Fact>
        <Fact name="Proxy">{proxyText(network.proxy)}</Fact>
        <Fact name="TLS">
          {network.insecureSkipVerify
            ? 'Certificate not checked'
            : network.caCertificate === null
              ? 'Checked'
              : 'Checked, with own authorities'}
        </Fact>
        <Fact name="Private addresses">{network.allowPrivateNetwork ? 'Where the operator allows them' : 'Refused'}</Fact>
        {network.extraHeaders.map(({ name, value }) => (
          <Fact key={name} name={name}>
            <code>{value}</code>
          </Fact>
        ))}
      </dl>
    </Section>
  )
}

function proxyText(proxy: ProviderDetailsFragment['network']['proxy']): ReactNode {
  if (proxy === null) return 'None'
  if (proxy.type === 'ENVIRONMENT') return "That of the gateway's environment"
  return <code>{proxy.url}</code>
}
