import { useState } from 'react'
import type { Issue } from '../form/issues.ts'
import { whyNoResult } from '../gateway/problem.ts'
import { CreateModelRouteDocument } from '../generated/documents.ts'
import { useNotify } from '../parts/notices.tsx'
import { useSession } from '../session/session.ts'
import { draftIssues, newRoute, type RouteDraft, toTargets } from './route-draft.ts'
import { RouteFormDialog } from './route-form-dialog.tsx'

export interface CreateRouteDialogProps {
  readonly onCreated: () => void
  readonly onClose: () => void
}

/** Makes a route. */
export function CreateRouteDialog({ onCreated, onClose }: CreateRouteDialogProps) {
  const { writes } = useSession().clients
  const notify = useNotify()
  const [draft, setDraft] = useState(newRoute)
  const [issues, setIssues] = useState<readonly Issue[]>([])
  const [isBusy, setBusy] = useState(false)

  const send = async (): Promise<readonly Issue[]> => {
    const wrong = draftIssues(draft)
    if (wrong.length > 0) return wrong
    const { description, enabled, retryAfterTimeout } = draft
    const name = draft.name.trim()
    const input = { name, description, enabled, retryAfterTimeout, targets: toTargets(draft) }
    const { data, error } = await writes.mutation(CreateModelRouteDocument, { input }).toPromise()
    if (data === undefined) return [{ path: [], message: whyNoResult(error) }]
    const result = data.createModelRoute
    if (result.__typename === 'ValidationError') return result.issues
    if (result.__typename === 'ModelRouteNameTakenError') return [{ path: ['name'], message: result.message }]
    notify({ tone: 'good', title: `${name} was created` })
    onCreated()
    onClose()
    return []
  }
  const submit = async () => {
    setBusy(true)
    setIssues(await send())
    setBusy(false)
  }
  const change = (changed: RouteDraft) => {
    setDraft(changed)
    setIssues([])
  }
  return (
    <RouteFormDialog
      title="Create a route"
      action="Create route"
      isNew
      {...{ draft, issues, isBusy, onClose }}
      onChange={change}
      onSubmit={() => void submit()}
    />
  )
}
