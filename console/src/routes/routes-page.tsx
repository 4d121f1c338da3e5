import { Anchor, Button, Code, Paper, Skeleton, Text } from '@mantine/core'
import { useCallback } from 'react'
import { useQuery } from 'urql'
import { useSearchParams } from 'wouter'
import { PageTurner } from '../admin/page-turner.tsx'
import { problemOf } from '../gateway/problem.ts'
import { gatewayAddress } from '../gateway-address.ts'
import { ModelRoutesDocument, type RouteFieldsFragment } from '../generated/documents.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { PlusIcon } from '../parts/icons.tsx'
import { PageHeading } from '../parts/page-heading.tsx'
import { ProblemPanel } from '../parts/problem-panel.tsx'
import { usePermissions } from '../session/session.ts'
import { RouteDialogs, type RouteView } from './route-dialogs.tsx'
import { RouteTable } from './route-table.tsx'
import { useRouteState } from './use-route-state.ts'

const PAGE_SIZE = 20

/** One name for models of several providers: the routes, and whether calls use their targets. */
export function RoutesPage() {
  const { mayEdit } = usePermissions()
  const [view, show] = useRouteView()
  const [{ data, error }, read] = useQuery({
    query: ModelRoutesDocument,
    variables: { first: PAGE_SIZE, after: view.after },
    requestPolicy: 'cache-and-network',
  })
  const reload = useCallback(() => read({ requestPolicy: 'network-only' }), [read])
  useRouteState(reload)
  const page = data?.modelRoutes
  const isEmpty = page?.totalCount === 0
  return (
    <>
      <PageHeading
        title="Routes"
        aside={page !== undefined && <span className="count">{page.totalCount.toLocaleString('en')}</span>}
        actions={
          mayEdit && (
            <Button leftSection={<PlusIcon size={16} />} onClick={() => show({ dialog: 'new' })}>
              Create route
            </Button>
          )
        }
      />
      {error !== undefined && <ProblemPanel problem={problemOf(error)} onRetry={reload} />}
      {page === undefined && error === undefined && <Skeleton height={240} />}
      {isEmpty && <NoRoutes onCreate={mayEdit ? () => show({ dialog: 'new' }) : null} />}
      {page !== undefined && !isEmpty && (
        <>
          <HowToCall routes={page.nodes} />
          <RouteTable
            routes={page.nodes}
            onEdit={(name) => show({ dialog: 'edit', name })}
            onDelete={(name) => show({ dialog: 'delete', name })}
          />
          <PageTurner pageInfo={page.pageInfo} after={view.after} onTurn={(after) => show(null, after)} labels={['Previous', 'Next']} />
        </>
      )}
      {mayEdit && view.dialog !== null && <RouteDialogs view={view.dialog} onChanged={reload} onClose={() => show(null)} />}
    </>
  )
}

interface PageView {
  readonly after: string | null
  readonly dialog: RouteView | null
}

/** The page and the dialog stand in the URL, so that a link shows them. */
function useRouteView(): readonly [PageView, (dialog: RouteView | null, after?: string | null) => void] {
  const [parameters, setParameters] = useSearchParams()
  const show = (dialog: RouteView | null, after: string | null = parameters.get('after')) => {
    const next = new URLSearchParams(after === null ? {} : { after })
    if (dialog !== null) next.set(dialog.dialog, 'name' in dialog ? dialog.name : '')
    setParameters(next, { replace: true })
  }
  return [{ after: parameters.get('after'), dialog: dialogOf(parameters) }, show]
}

function dialogOf(parameters: URLSearchParams): RouteView | null {
  if (parameters.has('new')) return { dialog: 'new' }
  for (const dialog of ['edit', 'delete'] as const) {
    const name = parameters.get(dialog)
    if (name !== null) return { dialog, name }
  }
  return null
}

const BASE_URL = `${gatewayAddress}/v1`

function HowToCall({ routes: [first] }: { readonly routes: readonly RouteFieldsFragment[] }) {
  return (
    <Text fz="sm" component="p" className="route-call">
      Call a route at <Code>{BASE_URL}</Code> with its name as the model, e.g. <Code>model: "{first?.name ?? 'fast'}"</Code>.
      <CopyButton value={BASE_URL} />
    </Text>
  )
}

function NoRoutes({ onCreate }: { readonly onCreate: (() => void) | null }) {
  return (
    <Paper withBorder p="xl" className="empty">
      <Text fw={600}>No routes yet</Text>
      <Text c="dimmed" fz="sm" mt={4} mb="md">
        A route is one name for models of several providers. When a vendor fails, calls go to the next target. Create the route{' '}
        <Code>fast</Code>, and tools call it at <Code>{BASE_URL}</Code> with <Code>model: "fast"</Code>.{' '}
        <Anchor inherit underline="always" href="/docs/routes">
          About routes
        </Anchor>
      </Text>
      {onCreate !== null && <Button onClick={onCreate}>Create the first route</Button>}
    </Paper>
  )
}
