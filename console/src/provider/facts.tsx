import type { ReactNode } from 'react'
import type { ProviderDetailsFragment } from '../generated/documents.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { Fact } from '../parts/fact.tsx'
import { formatDuration } from '../parts/format.ts'
import { typeName } from '../parts/provider-types.ts'
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
          <Copied text={provider.name} />
        </Fact>
        <Fact name="Type">{typeName(provider.type)}</Fact>
        <Fact name="Endpoint">{provider.baseUrl === '' ? noEndpointText(provider) : <Copied text={provider.baseUrl} />}</Fact>
        <Fact name="Version">{provider.version}</Fact>
        <Fact name="Changed">
          <RelativeTime at={provider.updatedAt} />
        </Fact>
        <Fact name="Created">
          <RelativeTime at={provider.createdAt} />
        </Fact>
        <Fact name="UUID">
          <Copied text={provider.uuid} />
        </Fact>
      </dl>
    </Section>
  )
}

/** A text to read and to copy. */
function Copied({ text }: { readonly text: string }) {
  return (
    <span className="copied">
      <code>{text}</code>
      <CopyButton value={text} />
    </span>
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
        <Fact name="Timeout">{formatDuration(network.timeoutMs)}</Fact>
        <Fact name="Retries">
          {network.maxRetries === 0
            ? 'None'
            : `${network.maxRetries}, after ${formatDuration(network.retryBackoffInitialMs)} to ${formatDuration(network.retryBackoffMaxMs)}`}
        </Fact>
        <Fact name="Proxy">{proxyText(network.proxy)}</Fact>
        <Fact name="TLS">
          {network.insecureSkipVerify
            ? 'Verification skipped'
            : network.caCertificate === null
              ? 'Checked'
              : 'Checked, with custom CA certificates'}
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
  if (proxy.type === 'ENVIRONMENT') return 'Environment proxy'
  return <code>{proxy.url}</code>
}
