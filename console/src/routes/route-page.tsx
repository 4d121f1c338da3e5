import { ActionIcon, Button, Skeleton, Text, Tooltip } from '@mantine/core'
import { useCallback } from 'react'
import { useQuery } from 'urql'
import { Link, useLocation, useSearchParams } from 'wouter'
import { problemOf } from '../gateway/problem.ts'
import { ModelRouteDocument, type RouteFieldsFragment } from '../generated/documents.ts'
import { Fact } from '../parts/fact.tsx'
import { BackIcon, EditIcon } from '../parts/icons.tsx'
import { PageHeading } from '../parts/page-heading.tsx'
import { ProblemPanel } from '../parts/problem-panel.tsx'
import { RelativeTime } from '../parts/relative-time.tsx'
import { Section } from '../parts/section.tsx'
import { usePermissions } from '../session/session.ts'
import { CallsToday } from './calls-today.tsx'
import { RouteDialogs } from './route-dialogs.tsx'
import { Targets } from './route-table.tsx'
import { RouteState } from './target-state.tsx'
import { UseRoute } from './use-route.tsx'
import { useRouteState } from './use-route-state.ts'

/** One model route: its targets, whether calls use them, and how tools call it. */
export function RoutePage({ name }: { readonly name: string }) {
  const [{ data, error }, read] = useQuery({ query: ModelRouteDocument, variables: { name }, requestPolicy: 'cache-and-network' })
  const reload = useCallback(() => read({ requestPolicy: 'network-only' }), [read])
  useRouteState(reload)
  const route = data?.modelRoute
  return (
    <>
      {error !== undefined && <ProblemPanel problem={problemOf(error)} onRetry={reload} />}
      {data === undefined && error === undefined && <Skeleton height={240} aria-busy="true" />}
      {route === null && <RouteMissing name={name} />}
      {route && <RouteDetail route={route} onChanged={reload} />}
    </>
  )
}

function RouteMissing({ name }: { readonly name: string }) {
  return (
    <>
      <PageHeading title="No such route" />
      <Text mb="md">There is no route named “{name}”. It may have been deleted.</Text>
      <Button component={Link} href="/routes" variant="default">
        Show all routes
      </Button>
    </>
  )
}

interface RouteDetailProps {
  readonly route: RouteFieldsFragment
  readonly onChanged: () => void
}

function RouteDetail({ route, onChanged }: RouteDetailProps) {
  const { mayEdit } = usePermissions()
  const [, navigate] = useLocation()
  const [dialog, show] = useDialog()
  return (
    <>
      <PageHeading
        title={route.name}
        before={<ToRoutes />}
        aside={<RouteState route={route} />}
        actions={mayEdit && <Actions onShow={show} />}
      />
      <div className="detail-grid">
        <div className="detail-main">
          <Section title="Targets">
            <Targets route={route} />
          </Section>
          <UseRoute route={route} />
        </div>
        <Facts route={route} />
      </div>
      {mayEdit && dialog !== null && (
        <RouteDialogs
          view={{ dialog, name: route.name }}
          onChanged={onChanged}
          onClose={() => show(null)}
          onDeleted={() => navigate('/routes', { replace: true })}
        />
      )}
    </>
  )
}

type RouteDialog = 'edit' | 'delete'

/** The open dialog stands in the URL, so that a link shows it. */
function useDialog(): readonly [RouteDialog | null, (dialog: RouteDialog | null) => void] {
  const [parameters, setParameters] = useSearchParams()
  const show = (dialog: RouteDialog | null) => {
    const next = new URLSearchParams(parameters)
    next.delete('dialog')
    if (dialog !== null) next.set('dialog', dialog)
    setParameters(next, { replace: true })
  }
  const asked = parameters.get('dialog')
  return [asked === 'edit' || asked === 'delete' ? asked : null, show]
}

function ToRoutes() {
  return (
    <Tooltip label="All routes">
      <ActionIcon
        component={Link}
        href="/routes"
        variant="subtle"
        color="gray"
        className="quiet-action touch-target"
        aria-label="All routes"
      >
        <BackIcon />
      </ActionIcon>
    </Tooltip>
  )
}

function Actions({ onShow }: { readonly onShow: (dialog: RouteDialog) => void }) {
  return (
    <>
      <Button variant="default" leftSection={<EditIcon size={15} />} onClick={() => onShow('edit')}>
        Edit
      </Button>
      <Button variant="default" color="red" className="danger-item" onClick={() => onShow('delete')}>
        Delete
      </Button>
    </>
  )
}

function Facts({ route: { name, description, retryAfterTimeout, updatedAt } }: { readonly route: RouteFieldsFragment }) {
  return (
    <Section title="About">
      <dl className="facts">
        {description !== '' && <Fact name="Description">{description}</Fact>}
        <CallsToday name={name} />
        <Fact name="After a timeout">{retryAfterTimeout ? 'The next target is tried' : 'The call fails'}</Fact>
        <Fact name="Changed">
          <RelativeTime at={updatedAt} />
        </Fact>
      </dl>
    </Section>
  )
}
