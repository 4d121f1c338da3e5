import type { Issue } from '../form/issues.ts'
import { whyNoResult } from '../gateway/problem.ts'
import { type AccessTokensQuery, UpdateAccessTokenDocument } from '../generated/documents.ts'
import { Dialog } from '../parts/dialog.tsx'
import { isolated } from '../parts/format.ts'
import { useNotify } from '../parts/notices.tsx'
import { useSession } from '../session/session.ts'
import { draftOf, toScopeInput } from './call-scope-draft.ts'
import { endInDays } from './token-ends.ts'
import { type TokenDraft, TokenForm } from './token-form.tsx'

export interface EditTokenDialogProps {
  readonly token: AccessTokensQuery['accessTokens']['nodes'][number]
  readonly onChanged: () => void
  readonly onClose: () => void
}

/** Changes what a token is called, when it ends, and which calls it may make. */
export function EditTokenDialog({ token, onChanged, onClose }: EditTokenDialogProps) {
  const { writes } = useSession().clients
  const notify = useNotify()
  const start: TokenDraft = { name: token.name, role: token.role, end: 'keep', calls: draftOf(token.calls) }
  const save = async ({ name, end, calls, role }: TokenDraft): Promise<readonly Issue[]> => {
    const scope = toScopeInput(role === 'CALLER' ? { ...calls, mayCall: true } : calls)
    // Only what was changed here: what another admin has limited meanwhile stays so.
    const input = {
      ...{ id: token.id, ...expiryOf(end) },
      ...(name === start.name ? {} : { name }),
      ...(JSON.stringify(scope) === JSON.stringify(toScopeInput(start.calls)) ? {} : { calls: scope }),
    }
    const { data, error } = await writes.mutation(UpdateAccessTokenDocument, { input }).toPromise()
    if (data === undefined) return [{ path: [], message: whyNoResult(error) }]
    const result = data.updateAccessToken
    if (result.__typename === 'ValidationError') return result.issues
    notify({ tone: 'good', title: `${isolated(name)} was changed` })
    onChanged()
    onClose()
    return []
  }
  return (
    <Dialog onClose={onClose} title={`Edit ${isolated(token.name)}`}>
      <TokenForm start={start} action="Save changes" onSubmit={save} onClose={onClose} />
    </Dialog>
  )
}

function expiryOf(end: string): { readonly expiresAt?: string | null } {
  if (end === 'keep') return {}
  return { expiresAt: end === 'never' ? null : endInDays(end) }
}
