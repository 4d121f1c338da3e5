import { Alert } from '@mantine/core'
import { useState } from 'react'
import { whyNoResult } from '../gateway/problem.ts'
import { DeleteModelRouteDocument, type RouteFieldsFragment } from '../generated/documents.ts'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { useNotify } from '../parts/notices.tsx'
import { useSession } from '../session/session.ts'

export interface DeleteRouteDialogProps {
  /** As the list shows it now. */
  readonly route: RouteFieldsFragment
  /** Reads the list again. */
  readonly onChanged: () => void
  /** Closes it when the route is gone. */
  readonly onDeleted: () => void
  readonly onClose: () => void
}

/** Deletes the route that is shown, and not one that has been changed since. */
export function DeleteRouteDialog({ route: { id, name, version }, onChanged, onDeleted, onClose }: DeleteRouteDialogProps) {
  const { writes } = useSession().clients
  const notify = useNotify()
  const [isBusy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<string | null>(null)
  const remove = async () => {
    setBusy(true)
    const { data, error } = await writes
      .mutation(DeleteModelRouteDocument, { input: { route: { id }, expectedVersion: version } })
      .toPromise()
    setBusy(false)
    const result = data?.deleteModelRoute
    if (result !== undefined) onChanged()
    if (result?.__typename === 'DeleteModelRoutePayload') {
      notify({ tone: 'good', title: `${name} was deleted` })
      return onDeleted()
    }
    if (result?.__typename === 'VersionConflictError')
      return setRefusal(
        `Somebody changed the route meanwhile: you saw version ${version}, it is at version ${result.currentVersion}. Look at it as it is now, and delete it again if you still want to.`,
      )
    setRefusal(result?.message ?? whyNoResult(error))
  }
  return (
    <ConfirmDialog title={`Delete ${name}?`} action="Delete" isBusy={isBusy} onConfirm={() => void remove()} onClose={onClose}>
      <p className="alert-text">Calls that use it as the model will fail. Providers and keys stay. You can reuse the name.</p>
      {refusal !== null && (
        <Alert color="red" role="alert" title="Not deleted">
          {refusal}
        </Alert>
      )}
    </ConfirmDialog>
  )
}
