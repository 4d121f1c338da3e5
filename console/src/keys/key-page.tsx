import { ActionIcon, Button, Skeleton, Text, Tooltip } from '@mantine/core'
import { useState } from 'react'
import { useQuery } from 'urql'
import { Link } from 'wouter'
import { problemOf } from '../gateway/problem.ts'
import { ApiKeyDocument, type KeyRowFragment, type ProviderDetailsFragment, ProviderDocument } from '../generated/documents.ts'
import { BackIcon, RotateIcon } from '../parts/icons.tsx'
import { PageHeading } from '../parts/page-heading.tsx'
import { ProblemPanel } from '../parts/problem-panel.tsx'
import { KeyActions } from '../provider/keys-section.tsx'
import { RotateKeyDialog } from '../provider/rotate-key-dialog.tsx'
import { useCallState } from '../provider/use-call-state.ts'
import { useRefreshOnChange } from '../provider/use-refresh-on-change.ts'
import { usePermissions } from '../session/session.ts'
import { KeyFacts } from './key-facts.tsx'
import { KeyStateBadge } from './key-state.tsx'
import { KeyUsage } from './key-usage.tsx'

/** One key: what it is for, who and what uses it, and its rotation. */
export function KeyPage({ id }: { readonly id: string }) {
  const [{ data, error }, read] = useQuery({ query: ApiKeyDocument, variables: { id }, requestPolicy: 'cache-and-network' })
  const found = data?.node
  const apiKey = found && 'masked' in found ? found : null
  if (apiKey !== null) return <KeyOfProvider apiKey={apiKey} />
  const isNoId = error?.graphQLErrors.some(({ extensions }) => extensions.code === 'BAD_USER_INPUT') ?? false
  if (isNoId) return <KeyMissing />
  if (error !== undefined)
    return (
      <>
        <PageHeading title="Key" />
        <ProblemPanel problem={problemOf(error)} onRetry={() => read({ requestPolicy: 'network-only' })} />
      </>
    )
  return data === undefined ? <Skeleton height={240} aria-busy="true" /> : <KeyMissing />
}

function KeyMissing() {
  return (
    <>
      <PageHeading title="No such key" />
      <Text mb="md">It may have been removed.</Text>
      <Button component={Link} href="/keys" variant="default">
        Show all keys
      </Button>
    </>
  )
}

function KeyOfProvider({ apiKey }: { readonly apiKey: KeyRowFragment }) {
  const { id, name } = apiKey.provider
  const [{ data }] = useQuery({ query: ProviderDocument, variables: { name }, requestPolicy: 'cache-and-network' })
  useRefreshOnChange(name, id)
  useCallState(name)
  const provider = data?.provider
  if (provider === null || (provider !== undefined && isGone(apiKey, provider))) return <KeyMissing />
  return (
    <>
      <PageHeading
        title={apiKey.masked}
        before={<ToKeys />}
        aside={<KeyStateBadge apiKey={apiKey} />}
        actions={provider !== undefined && <Actions apiKey={apiKey} provider={provider} />}
      />
      <div className="detail-grid">
        <div className="detail-main">
          <KeyUsage id={apiKey.id} />
        </div>
        <KeyFacts apiKey={apiKey} />
      </div>
    </>
  )
}

/** Whether the provider is known to have lost the key. Of very many keys it tells the first ones only. */
function isGone({ id }: KeyRowFragment, { apiKeys }: ProviderDetailsFragment): boolean {
  return apiKeys.nodes.length === apiKeys.totalCount && !apiKeys.nodes.some((one) => one.id === id)
}

function ToKeys() {
  return (
    <Tooltip label="All keys">
      <ActionIcon component={Link} href="/keys" variant="subtle" color="gray" className="quiet-action touch-target" aria-label="All keys">
        <BackIcon />
      </ActionIcon>
    </Tooltip>
  )
}

interface ActionsProps {
  readonly apiKey: KeyRowFragment
  readonly provider: ProviderDetailsFragment
}

function Actions({ apiKey, provider }: ActionsProps) {
  const { mayEdit } = usePermissions()
  const [isRotating, setRotating] = useState(false)
  if (!mayEdit) return null
  return (
    <>
      <Button leftSection={<RotateIcon size={15} />} onClick={() => setRotating(true)}>
        Rotate key
      </Button>
      <KeyActions provider={provider} apiKey={apiKey} />
      {isRotating && <RotateKeyDialog provider={provider} apiKey={apiKey} onClose={() => setRotating(false)} />}
    </>
  )
}
