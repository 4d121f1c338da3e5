import { ActionIcon, Button, NativeSelect, PasswordInput, SimpleGrid, Stack, Switch, Textarea, TextInput } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { PlusIcon, TrashIcon } from '../parts/icons.tsx'
import { issueAt } from './issues.ts'
import type { NetworkDraft, NumberField } from './network-draft.ts'
import type { ProviderFieldsProps } from './provider-fields.tsx'

const NUMBERS: readonly (readonly [field: NumberField, label: string, description: string])[] = [
  ['timeoutMs', 'Timeout', 'Milliseconds for one request.'],
  ['maxRetries', 'Retries', 'After a 5xx answer or a reset connection; 0 to 10.'],
  ['retryBackoffInitialMs', 'First pause', 'Milliseconds before the first retry.'],
  ['retryBackoffMaxMs', 'Longest pause', 'Milliseconds between two tries.'],
]

const PROXIES = [
  { value: '', label: 'No proxy' },
  { value: 'HTTP', label: 'HTTP proxy' },
  { value: 'SOCKS5', label: 'SOCKS5 proxy' },
  { value: 'ENVIRONMENT', label: 'Environment proxy' },
] as const

/** How the gateway reaches the upstream. Folded away: most providers need none of it. */
export function NetworkFields(props: ProviderFieldsProps) {
  const { draft, onChange, onLeave, issues } = props
  const { network } = draft
  const set = (change: Partial<NetworkDraft>) => onChange({ network: { ...network, ...change } })
  const hasIssue = issues.some(({ path }) => path[0] === 'network')
  const fold = useRef<HTMLDetailsElement>(null)
  // Unfolded by hand: as a property it would fold away again under the hands of who has just mended the last issue.
  useEffect(() => {
    if (hasIssue && fold.current !== null) fold.current.open = true
  }, [hasIssue])
  return (
    <details className="network-fields" ref={fold}>
      <summary>Network: headers, timeouts, proxy, TLS</summary>
      <Stack gap="md">
        <NumberFields network={network} onChange={set} onLeave={onLeave} issues={issues} />
        <HeaderFields network={network} onChange={set} issues={issues} />
        <ProxyFields network={network} onChange={set} issues={issues} hasProxyPassword={props.hasProxyPassword} />
        <Textarea
          label="Custom CA certificates"
          description="PEM certificates, trusted in addition to the public ones."
          autosize
          minRows={2}
          maxRows={8}
          value={network.caCertificate}
          onChange={(event) => set({ caCertificate: event.currentTarget.value })}
          onBlur={() => onLeave('network.caCertificate')}
          error={issueAt(issues, 'network', 'caCertificate')}
        />
        <Switch
          label="Allow private addresses"
          description="Where the operator allows those at all."
          checked={network.allowPrivateNetwork}
          onChange={(event) => set({ allowPrivateNetwork: event.currentTarget.checked })}
        />
        <Switch
          label="Skip TLS verification"
          description="Anyone between the gateway and the endpoint can then read the keys."
          checked={network.insecureSkipVerify}
          onChange={(event) => set({ insecureSkipVerify: event.currentTarget.checked })}
        />
      </Stack>
    </details>
  )
}

interface PartProps extends Pick<ProviderFieldsProps, 'issues'> {
  readonly network: NetworkDraft
  readonly onChange: (change: Partial<NetworkDraft>) => void
}

function NumberFields({ network, onChange, onLeave, issues }: PartProps & Pick<ProviderFieldsProps, 'onLeave'>) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      {NUMBERS.map(([field, label, description]) => (
        <TextInput
          key={field}
          label={label}
          description={description}
          inputMode="numeric"
          value={network[field]}
          onChange={(event) => onChange({ [field]: event.currentTarget.value })}
          onBlur={() => onLeave(`network.${field}`)}
          error={issueAt(issues, 'network', field)}
        />
      ))}
    </SimpleGrid>
  )
}

function HeaderFields({ network, onChange, issues }: PartProps) {
  const { headers } = network
  const nextRow = Math.max(-1, ...headers.map(({ row }) => row)) + 1
  const setHeader = (row: number, change: { readonly name?: string; readonly value?: string }) =>
    onChange({ headers: headers.map((header) => (header.row === row ? { ...header, ...change } : header)) })
  return (
    <fieldset className="plain-fieldset">
      <legend>Headers for every request</legend>
      <Stack gap="xs">
        {headers.map(({ row, name, value }, index) => (
          <div key={row} className="header-row">
            <TextInput
              aria-label={`Name of header ${index + 1}`}
              placeholder="Name"
              value={name}
              onChange={(event) => setHeader(row, { name: event.currentTarget.value })}
              error={issueAt(issues, 'network', 'extraHeaders', String(index), 'name')}
            />
            <TextInput
              aria-label={`Value of header ${index + 1}`}
              placeholder="Value"
              value={value}
              onChange={(event) => setHeader(row, { value: event.currentTarget.value })}
              error={issueAt(issues, 'network', 'extraHeaders', String(index), 'value')}
            />
            <ActionIcon
              variant="default"
              size={36}
              aria-label={`Remove header ${index + 1}`}
              onClick={() => onChange({ headers: headers.filter((header) => header.row !== row) })}
            >
              <TrashIcon size={16} />
            </ActionIcon>
          </div>
        ))}
        <div>
          <Button
            size="xs"
            variant="default"
            leftSection={<PlusIcon size={14} />}
            onClick={() => onChange({ headers: [...headers, { row: nextRow, name: '', value: '' }] })}
          >
            Add header
          </Button>
        </div>
      </Stack>
    </fieldset>
  )
}

function ProxyFields({ network, onChange, issues, hasProxyPassword }: PartProps & Pick<ProviderFieldsProps, 'hasProxyPassword'>) {
  const { proxyType } = network
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      <NativeSelect
        label="Proxy"
        data={PROXIES.map((proxy) => ({ ...proxy }))}
        value={proxyType}
        onChange={(event) => onChange({ proxyType: PROXIES.find(({ value }) => value === event.currentTarget.value)?.value ?? '' })}
        error={issueAt(issues, 'network', 'proxy')}
      />
      {(proxyType === 'HTTP' || proxyType === 'SOCKS5') && (
        <>
          <TextInput
            label="Proxy URL"
            placeholder={proxyType === 'HTTP' ? 'http://proxy.example.com:3128' : 'socks5://proxy.example.com:1080'}
            value={network.proxyUrl}
            onChange={(event) => onChange({ proxyUrl: event.currentTarget.value })}
            error={issueAt(issues, 'network', 'proxy', 'url')}
          />
          <TextInput
            label="Proxy user"
            value={network.proxyUsername}
            onChange={(event) => onChange({ proxyUsername: event.currentTarget.value })}
            error={issueAt(issues, 'network', 'proxy', 'username')}
          />
          <PasswordInput
            label="Proxy password"
            description={hasProxyPassword ? 'Empty keeps the stored one.' : undefined}
            value={network.proxyPassword}
            onChange={(event) => onChange({ proxyPassword: event.currentTarget.value })}
            error={issueAt(issues, 'network', 'proxy', 'password')}
          />
        </>
      )}
    </SimpleGrid>
  )
}
