import { Paper, Skeleton, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useCallback } from 'react'
import { useQuery } from 'urql'
import { PageTurner } from '../admin/page-turner.tsx'
import { problemOf } from '../gateway/problem.ts'
import { type ApiKeyFilter, ApiKeysDocument, type KeyRowFragment } from '../generated/documents.ts'
import { downloadCsv } from '../parts/csv.ts'
import { PageHeading } from '../parts/page-heading.tsx'
import { ProblemPanel } from '../parts/problem-panel.tsx'
import { useUrlState } from '../parts/use-url-state.ts'
import { isStatus, NOT_TESTED } from '../providers/list-view.tsx'
import { useLiveChanges } from '../session/live.tsx'
import { ExportLink } from '../usage/export-link.tsx'
import { useReading } from '../usage/use-usage.ts'
import { KeyTable } from './key-table.tsx'
import { KeysToolbar } from './keys-toolbar.tsx'
import { RefusedKeys } from './refused-keys.tsx'

const PAGE_SIZE = 50
const TYPING_PAUSE_MS = 300

/** The keys of all providers: to find one by its end, and to see which are refused or unused. */
export function KeysPage() {
  const [parameters, change] = useUrlState()
  const [settled] = useDebouncedValue(parameters.toString(), TYPING_PAUSE_MS)
  const asked = new URLSearchParams(settled)
  const filter = filterOf(asked)
  const [{ data, error }, read] = useQuery({
    query: ApiKeysDocument,
    variables: { first: PAGE_SIZE, after: asked.get('after'), filter },
    requestPolicy: 'cache-and-network',
  })
  const reload = useCallback(() => read({ requestPolicy: 'network-only' }), [read])
  useLiveChanges(reload)
  useReading(reload)
  const page = data?.apiKeys
  return (
    <>
      <PageHeading
        title="Keys"
        aside={page !== undefined && <span className="count">{page.totalCount.toLocaleString('en')}</span>}
        actions={page !== undefined && page.totalCount > 0 && <ExportLink of="Keys" onExport={() => exportKeys(page.nodes)} />}
      />
      <RefusedKeys />
      <KeysToolbar />
      {error !== undefined && <ProblemPanel problem={problemOf(error)} onRetry={reload} />}
      {page === undefined && error === undefined && <Skeleton height={240} />}
      {page?.totalCount === 0 && <NoKeys isFiltered={Object.keys(filter).length > 0} />}
      {page !== undefined && page.totalCount > 0 && (
        <>
          <KeyTable keys={page.nodes} />
          <PageTurner
            pageInfo={page.pageInfo}
            after={parameters.get('after')}
            onTurn={(after) => change({ after })}
            labels={['Newer', 'Older']}
          />
        </>
      )}
    </>
  )
}

/** What the URL asks for, in the words of the API. */
function filterOf(parameters: URLSearchParams): ApiKeyFilter {
  const search = parameters.get('search')?.trim() ?? ''
  const status = parameters.get('status') ?? ''
  const enabled = parameters.get('enabled')
  return {
    ...(search === '' ? {} : { search }),
    ...(isStatus(status) ? { status: status === NOT_TESTED ? null : status } : {}),
    ...(enabled === 'true' || enabled === 'false' ? { enabled: enabled === 'true' } : {}),
  }
}

/** What is shown, with times that a program can read. */
function exportKeys(keys: readonly KeyRowFragment[]): void {
  downloadCsv('keys', [
    ['key', 'name', 'provider', 'enabled', 'calls', 'latest test', 'tested', 'last used', 'added'],
    ...keys.map(({ masked, name, provider, enabled, availability, lastConnectionTest: test, lastUsedAt, createdAt }) => [
      ...[masked, name, provider.name, String(enabled), availability.state],
      ...[test?.status ?? null, test?.testedAt ?? null, lastUsedAt, createdAt],
    ]),
  ])
}

function NoKeys({ isFiltered }: { readonly isFiltered: boolean }) {
  return (
    <Paper withBorder p="xl" className="empty">
      <Text fw={600}>{isFiltered ? 'No key matches' : 'No keys yet'}</Text>
      <Text c="dimmed" fz="sm" mt={4}>
        {isFiltered
          ? 'Try the last four characters of the key, or fewer filters. A key that was rotated or removed is found in the audit log only.'
          : 'Add a provider with its key, or add a key on the page of a provider.'}
      </Text>
    </Paper>
  )
}
