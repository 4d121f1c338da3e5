import { Button, Skeleton, Stack, Text } from '@mantine/core'
import { useCallback, useEffect, useState } from 'react'
import { useQuery } from 'urql'
import { Link } from 'wouter'
import { problemOf } from '../gateway/problem.ts'
import { type ProviderDetailsFragment, ProviderDocument } from '../generated/documents.ts'
import { PageHeading } from '../parts/page-heading.tsx'
import { ProblemPanel } from '../parts/problem-panel.tsx'
import { ProviderDetail } from './provider-detail.tsx'
import { useRefreshOnChange } from './use-refresh-on-change.ts'

/** One provider: what it is, its keys, how its tests went. */
export function ProviderPage({ name }: { readonly name: string }) {
  const [{ data, error, fetching }, read] = useQuery({ query: ProviderDocument, variables: { name }, requestPolicy: 'cache-and-network' })
  const retry = useCallback(() => read({ requestPolicy: 'network-only' }), [read])
  useRefreshOnChange(name, data?.provider?.id ?? null)
  const found = data?.provider
  const [last, setLast] = useState<ProviderDetailsFragment | null>(null)
  useEffect(() => {
    if (found) setLast(found)
  }, [found])
  // Who cannot read the gateway any more may still read what was there a moment ago.
  const shown = found === undefined ? last : found
  const problem = error === undefined || found ? null : problemOf(error)
  if (shown !== null || problem !== null)
    return (
      <>
        {shown === null && <PageHeading title={name} />}
        {problem !== null && (
          <div className="page-problem">
            <ProblemPanel problem={problem} onRetry={retry} />
          </div>
        )}
        {/* Another provider may have the name by now: what was typed for the one before is not for it. */}
        {shown !== null && <ProviderDetail key={shown.id} provider={shown} />}
      </>
    )
  if (fetching || data === undefined)
    return (
      <Stack aria-busy="true">
        <Skeleton height={32} width={260} />
        <Skeleton height={120} />
        <Skeleton height={220} />
      </Stack>
    )
  return <ProviderMissing name={name} />
}

/** Says that a provider is not there, or not any more. */
export function ProviderMissing({ name }: { readonly name: string }) {
  return (
    <>
      <PageHeading title="No such provider" />
      <Text mb="md">There is no provider named “{name}”. It may have been deleted.</Text>
      <Button component={Link} href="/" variant="default">
        Show all providers
      </Button>
    </>
  )
}
