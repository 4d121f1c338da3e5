import { useState } from 'react'
import { ConflictDialog } from '../form/conflict-dialog.tsx'
import { differencesOf } from '../form/differences.ts'
import type { Issue } from '../form/issues.ts'
import { whyNoResult } from '../gateway/problem.ts'
import { ModelRouteDocument, type RouteFieldsFragment, UpdateModelRouteDocument } from '../generated/documents.ts'
import { useNotify } from '../parts/notices.tsx'
import { useSession } from '../session/session.ts'
import { draftIssues, draftOf, type RouteDraft, rebase, routeWords, toChanges } from './route-draft.ts'
import { RouteFormDialog } from './route-form-dialog.tsx'

export interface EditRouteDialogProps {
  /** As it was when the dialog opened: what others change meanwhile is found out when it is saved. */
  readonly route: RouteFieldsFragment
  readonly onChanged: () => void
  readonly onClose: () => void
}

/** Changes a route. When somebody else did so meanwhile, the person chooses. */
export function EditRouteDialog({ route, onChanged, onClose }: EditRouteDialogProps) {
  const [stored, setStored] = useState(route)
  const [draft, setDraft] = useState(() => draftOf(route))
  const { isBusy, issues, conflict, setIssues, dropConflict, save } = useSaving(() => {
    onChanged()
    onClose()
  })
  const begin = (theirs: RouteFieldsFragment, next: RouteDraft) => {
    setStored(theirs)
    setDraft(next)
    setIssues([])
    dropConflict()
  }
  const keepMine = (theirs: RouteFieldsFragment) => {
    const rebased = rebase(stored, draft, theirs)
    begin(theirs, rebased)
    void save(rebased, theirs)
  }
  if (conflict !== null)
    return (
      <ConflictDialog
        noun="route"
        begun={stored.version}
        stored={conflict.version}
        differences={differencesOf(routeWords(draftOf(stored)), routeWords(draft), routeWords(draftOf(conflict)))}
        onKeepMine={() => keepMine(conflict)}
        onTakeTheirs={() => begin(conflict, draftOf(conflict))}
        onClose={dropConflict}
      />
    )
  return (
    <RouteFormDialog
      title={`Edit ${stored.name}`}
      action="Save changes"
      isNew={false}
      {...{ draft, issues, isBusy, onClose }}
      onChange={(changed) => {
        setDraft(changed)
        setIssues([])
      }}
      onSubmit={() => void save(draft, stored)}
    />
  )
}

/** Sends the changes, and sorts what can come of it. */
function useSaving(onSaved: () => void) {
  const { reads, writes } = useSession().clients
  const notify = useNotify()
  const [isBusy, setBusy] = useState(false)
  const [issues, setIssues] = useState<readonly Issue[]>([])
  const [conflict, setConflict] = useState<RouteFieldsFragment | null>(null)

  const showConflict = async (name: string): Promise<readonly Issue[]> => {
    const { data } = await reads.query(ModelRouteDocument, { name }, { requestPolicy: 'network-only' }).toPromise()
    if (!data?.modelRoute) return [{ path: [], message: 'Somebody changed the route meanwhile, and it cannot be read now. Try again.' }]
    setConflict(data.modelRoute)
    return []
  }
  const send = async (draft: RouteDraft, base: RouteFieldsFragment): Promise<readonly Issue[]> => {
    const changes = toChanges(draft, base)
    // Targets that nobody touched are not sent, and may have lost their provider.
    const wrong = changes.targets === undefined ? [] : draftIssues(draft)
    if (wrong.length > 0) return wrong
    const input = { route: { id: base.id }, expectedVersion: base.version, ...changes }
    const { data, error } = await writes.mutation(UpdateModelRouteDocument, { input }).toPromise()
    if (data === undefined) return [{ path: [], message: whyNoResult(error) }]
    const result = data.updateModelRoute
    if (result.__typename === 'VersionConflictError') return showConflict(base.name)
    if (result.__typename === 'ValidationError') return result.issues
    if (result.__typename !== 'UpdateModelRoutePayload') return [{ path: [], message: result.message }]
    notify({ tone: 'good', title: `${base.name} was saved` })
    onSaved()
    return []
  }
  const save = async (draft: RouteDraft, base: RouteFieldsFragment) => {
    setBusy(true)
    setIssues(await send(draft, base))
    setBusy(false)
  }
  return { isBusy, issues, conflict, setIssues, dropConflict: () => setConflict(null), save }
}
