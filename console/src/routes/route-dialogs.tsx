import { Button, Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useQuery } from 'urql'
import { problemOf } from '../gateway/problem.ts'
import { ModelRouteDocument, type RouteFieldsFragment } from '../generated/documents.ts'
import { Dialog } from '../parts/dialog.tsx'
import { ProblemPanel } from '../parts/problem-panel.tsx'
import { CreateRouteDialog } from './create-route-dialog.tsx'
import { DeleteRouteDialog } from './delete-route-dialog.tsx'
import { EditRouteDialog } from './edit-route-dialog.tsx'

/** Which dialog is open, and over which route. */
export type RouteView = { readonly dialog: 'new' } | { readonly dialog: 'edit' | 'delete'; readonly name: string }

export interface RouteDialogsProps {
  readonly view: RouteView
  readonly onChanged: () => void
  readonly onClose: () => void
  /** Closes the dialog of a route that is gone now; `onClose` when left out. */
  readonly onDeleted?: () => void
}

/** The dialog that the URL names. */
export function RouteDialogs({ view, onChanged, onClose, onDeleted = onClose }: RouteDialogsProps) {
  if (view.dialog === 'new') return <CreateRouteDialog onCreated={onChanged} onClose={onClose} />
  return <DialogOver key={view.name} {...{ view, onChanged, onClose, onDeleted }} />
}

interface DialogOverProps extends Required<Omit<RouteDialogsProps, 'view'>> {
  readonly view: Exclude<RouteView, { readonly dialog: 'new' }>
}

function DialogOver({ view: { dialog, name }, onChanged, onClose, onDeleted }: DialogOverProps) {
  const [{ data, error, stale }, read] = useQuery({
    query: ModelRouteDocument,
    variables: { name },
    requestPolicy: 'cache-and-network',
  })
  const route = data?.modelRoute
  const [opened, setOpened] = useState<RouteFieldsFragment | null>(null)
  // The form begins with what was stored when it opened: others' changes must not touch what somebody is typing.
  useEffect(() => {
    if (route && !stale) setOpened((before) => before ?? route)
  }, [route, stale])
  if (opened !== null && dialog === 'edit') return <EditRouteDialog route={opened} onChanged={onChanged} onClose={onClose} />
  if (opened !== null) return <DeleteRouteDialog route={route ?? opened} {...{ onChanged, onDeleted, onClose }} />
  // Nothing while it is read: a dialog in between would be what the focus goes back to.
  if (error === undefined && (stale || route !== null)) return null
  return (
    <Dialog title={name} onClose={onClose}>
      {error !== undefined && <ProblemPanel problem={problemOf(error)} onRetry={() => read({ requestPolicy: 'network-only' })} />}
      {error === undefined && <Missing onClose={onClose} />}
    </Dialog>
  )
}

function Missing({ onClose }: { readonly onClose: () => void }) {
  return (
    <>
      <Text fz="sm" mb="md">
        There is no route of this name. It may have been deleted.
      </Text>
      <Button variant="default" onClick={onClose}>
        Show all routes
      </Button>
    </>
  )
}
