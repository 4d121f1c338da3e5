import { useState } from 'react'
import { mayBeMade, whyNoResult } from '../gateway/problem.ts'
import { type KeyFieldsFragment, ResetKeyAvailabilityDocument } from '../generated/documents.ts'
import { useNotify } from '../parts/notices.tsx'
import { rememberFocus } from '../parts/return-focus.ts'
import { useSession } from '../session/session.ts'
import { useRefresh } from './use-refresh.ts'

/** Lets model calls use a key again that rests, and says so. */
export function useResetKey({ name }: { readonly name: string }): {
  readonly isBusy: boolean
  readonly reset: (apiKey: Pick<KeyFieldsFragment, 'id' | 'masked'>) => Promise<void>
} {
  const { writes } = useSession().clients
  const notify = useNotify()
  const refresh = useRefresh(name)
  const [isBusy, setBusy] = useState(false)

  const reset = async ({ id, masked }: Pick<KeyFieldsFragment, 'id' | 'masked'>) => {
    const giveFocusBack = rememberFocus()
    setBusy(true)
    const { data, error } = await writes.mutation(ResetKeyAvailabilityDocument, { input: { id } }).toPromise()
    await refresh()
    setBusy(false)
    giveFocusBack()
    const result = data?.resetKeyAvailability
    if (result?.__typename === 'ResetKeyAvailabilityPayload')
      return notify({ tone: 'good', title: `The next call may use the key ${masked}` })
    const message = result?.message ?? whyNoResult(error)
    notify({ tone: 'bad', title: result === undefined && mayBeMade(error) ? 'No answer' : 'Nothing was changed', message })
  }
  return { isBusy, reset }
}
