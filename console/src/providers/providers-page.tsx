import { Button, Paper, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { Link } from 'wouter'
import { PlusIcon } from '../parts/icons.tsx'
import { PageHeading } from '../parts/page-heading.tsx'
import { ProblemPanel } from '../parts/problem-panel.tsx'
import { usePermissions } from '../session/session.ts'
import { BulkBar } from './bulk-bar.tsx'
import { ListToolbar } from './list-toolbar.tsx'
import { EVERYTHING, filterOf, useListView } from './list-view.tsx'
import { ProblemBanner } from './problem-banner.tsx'
import { ProviderTable } from './provider-table.tsx'
import { TestAll } from './test-all.tsx'
import { useProviderList } from './use-provider-list.ts'
import { useSelection } from './use-selection.ts'

const TYPING_PAUSE_MS = 150

/** All providers: to find, to look over, to test. */
export function ProvidersPage() {
  const { mayEdit } = usePermissions()
  const [view, setView] = useListView()
  const [settled] = useDebouncedValue(view, TYPING_PAUSE_MS)
  const list = useProviderList(settled)
  const filter = filterOf(settled)
  const selection = useSelection(list.rows)
  const isEmpty = !list.isLoading && list.problem === null && list.rows.length === 0
  return (
    <>
      <PageHeading
        title="Providers"
        aside={list.totalCount === null ? null : <span className="count">{list.totalCount.toLocaleString('en')}</span>}
        actions={
          mayEdit && (
            <Button component={Link} href="/new-provider" leftSection={<PlusIcon size={16} />}>
              Add provider
            </Button>
          )
        }
      />
      <ProblemBanner />
      {!(isEmpty && filter === undefined) && (
        <ListToolbar view={view} onChange={setView}>
          {mayEdit && <TestAll filter={filter} count={list.totalCount ?? 0} />}
        </ListToolbar>
      )}
      <BulkBar selected={selection.selected} onClear={() => selection.selectAll(false)} />
      {list.problem !== null && <ProblemPanel problem={list.problem} onRetry={list.reload} />}
      {isEmpty && <EmptyList isFiltered={filter !== undefined} onShowAll={() => setView(EVERYTHING)} />}
      {!isEmpty && (list.problem === null || list.rows.length > 0) && (
        <ProviderTable {...{ list, selection }} orderBy={view.orderBy} onOrder={(orderBy) => setView({ ...view, orderBy })} />
      )}
    </>
  )
}

function EmptyList({ isFiltered, onShowAll }: { readonly isFiltered: boolean; readonly onShowAll: () => void }) {
  const { mayEdit } = usePermissions()
  return (
    <Paper withBorder p="xl" className="empty">
      <Text fw={600}>{isFiltered ? 'No provider matches' : 'No providers yet'}</Text>
      <Text c="dimmed" fz="sm" mt={4} mb="md">
        {isFiltered
          ? 'Try another word, or fewer filters.'
          : 'A provider is an AI service and the keys to reach it. Add one, test it, and every tool can use it.'}
      </Text>
      {isFiltered && (
        <Button variant="default" onClick={onShowAll}>
          Show all providers
        </Button>
      )}
      {!isFiltered && mayEdit && (
        <Button component={Link} href="/new-provider">
          Add the first provider
        </Button>
      )}
    </Paper>
  )
}
