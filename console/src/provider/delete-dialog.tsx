import { Alert } from '@mantine/core'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { whyNoResult } from '../gateway/problem.ts'
import { DeleteProviderDocument, type ProviderDetailsFragment } from '../generated/documents.ts'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { formatCount, isolated } from '../parts/format.ts'
import { useNotify } from '../parts/notices.tsx'
import { useListHref } from '../providers/list-view.tsx'
import { useSession } from '../session/session.ts'
import { useRefresh } from './use-refresh.ts'

export interface DeleteDialogProps {
  readonly provider: ProviderDetailsFragment
  readonly onClose: () => void
}

/** Deletes the provider that is shown, and not one that has been changed since. */
export function DeleteDialog({ provider, onClose }: DeleteDialogProps) {
  const { id, name, displayName, version, apiKeys } = provider
  const { writes } = useSession().clients
  const notify = useNotify()
  const refresh = useRefresh(name)
  const [, goTo] = useLocation()
  const listHref = useListHref()
  const [isBusy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<string | null>(null)
  const [routes, setRoutes] = useState<readonly string[] | null>(null)

  const remove = async () => {
    setBusy(true)
    // Only what this dialog has named is deleted though it is used.
    const input = { provider: { id }, expectedVersion: version, force: routes !== null }
    const { data, error } = await writes.mutation(DeleteProviderDocument, { input }).toPromise()
    setBusy(false)
    setRoutes(null)
    setRefusal(null)
    const result = data?.deleteProvider
    if (result?.__typename === 'DeleteProviderPayload') {
      notify({ tone: 'good', title: `${isolated(displayName)} was deleted` })
      return goTo(listHref)
    }
    if (result?.__typename === 'ProviderInUseError') return setRoutes(result.routes)
    if (result?.__typename === 'VersionConflictError') {
      await refresh()
      return setRefusal(
        `Somebody changed the provider meanwhile: you saw version ${version}, it is at version ${result.currentVersion}. Look at it as it is now, and delete it again if you still want to.`,
      )
    }
    setRefusal(result?.message ?? whyNoResult(error))
  }

  return (
    <ConfirmDialog
      title={`Delete ${isolated(displayName)}?`}
      action={routes === null ? 'Delete' : 'Delete anyway'}
      isBusy={isBusy}
      onConfirm={() => void remove()}
      onClose={onClose}
    >
      <p className="alert-text">
        Deletes it with its {apiKeys.totalCount === 1 ? 'key' : `${formatCount(apiKeys.totalCount)} keys`} and tests at once. You cannot
        undo this. Tools that use it stop working. You can reuse the name.
      </p>
      {routes !== null && <RoutesInUse routes={routes} />}
      {refusal !== null && (
        <Alert color="red" role="alert" title="Not deleted">
          {refusal}
        </Alert>
      )}
    </ConfirmDialog>
  )
}

/** What the deletion breaks, before it is done though. */
function RoutesInUse({ routes }: { readonly routes: readonly string[] }) {
  return (
    <Alert color="red" role="alert" title={routes.length === 1 ? '1 route uses it' : `${routes.length} routes use it`}>
      <ul className="route-names">
        {routes.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
      Nothing was deleted. Remove the provider from these routes, or delete it anyway: its targets will then fail.
    </Alert>
  )
}
