import { Skeleton } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useQuery } from 'urql'
import { problemOf } from '../gateway/problem.ts'
import { type ProviderDetailsFragment, ProviderDocument, ProviderTypesDocument } from '../generated/documents.ts'
import { isolated } from '../parts/format.ts'
import { PageHeading } from '../parts/page-heading.tsx'
import { ProblemPanel } from '../parts/problem-panel.tsx'
import { ProviderMissing } from '../provider/provider-page.tsx'
import { EditProviderForm } from './edit-provider-form.tsx'

/** Changes a provider that exists. */
export function EditProviderPage({ name }: { readonly name: string }) {
  const [types, readTypes] = useQuery({ query: ProviderTypesDocument })
  const [found, readProvider] = useQuery({ query: ProviderDocument, variables: { name }, requestPolicy: 'cache-and-network' })
  const error = types.error ?? found.error
  const provider = found.data?.provider
  // The form begins with what was stored when it opened. What is told of others' changes must not touch what somebody is typing.
  const [opened, setOpened] = useState<ProviderDetailsFragment | null>(null)
  useEffect(() => {
    if (provider && !found.stale) setOpened((before) => before ?? provider)
  }, [provider, found.stale])
  const retry = () => {
    readTypes({ requestPolicy: 'network-only' })
    readProvider({ requestPolicy: 'network-only' })
  }
  if (opened !== null && types.data !== undefined)
    return (
      <>
        <PageHeading title={`Edit ${isolated(opened.displayName)}`} />
        <EditProviderForm provider={opened} types={types.data.providerTypes} />
      </>
    )
  if (error !== undefined)
    return (
      <>
        <PageHeading title={`Edit ${name}`} />
        <ProblemPanel problem={problemOf(error)} onRetry={retry} />
      </>
    )
  if (found.data?.provider === null) return <ProviderMissing name={name} />
  return <Skeleton height={420} />
}
