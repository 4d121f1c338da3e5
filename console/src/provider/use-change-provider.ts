import { useState } from 'react'
import { mayBeMade, whyNoResult } from '../gateway/problem.ts'
import { UpdateProviderDocument, type UpdateProviderInput, type UpdateProviderMutation } from '../generated/documents.ts'
import { useNotify } from '../parts/notices.tsx'
import { rememberFocus } from '../parts/return-focus.ts'
import { useSession } from '../session/session.ts'
import { useRefresh } from './use-refresh.ts'

type Changes = Omit<UpdateProviderInput, 'provider'>

/** Why a change was not made. */
export type Refusal = Exclude<UpdateProviderMutation['updateProvider'], { __typename: 'UpdateProviderPayload' }>

/**
 * Makes one small change to a provider and says so. Each touches its own field or key and nothing else, so that two people
 * who make different ones at the same time both get what they wanted; only the form, which holds many fields, checks versions.
 * What is wrong with the input is returned, for its field; everything else is shown as a notice.
 */
export function useChangeProvider({ id, name }: { readonly id: string; readonly name: string }): {
  readonly isBusy: boolean
  readonly change: (changes: Changes, done: string) => Promise<'done' | Refusal | null>
} {
  const { writes } = useSession().clients
  const notify = useNotify()
  const refresh = useRefresh(name)
  const [isBusy, setBusy] = useState(false)

  const change = async (changes: Changes, done: string) => {
    const giveFocusBack = rememberFocus()
    setBusy(true)
    const { data, error } = await writes.mutation(UpdateProviderDocument, { input: { provider: { id }, ...changes } }).toPromise()
    await refresh()
    setBusy(false)
    giveFocusBack()
    if (data === undefined) {
      notify({ tone: 'bad', title: mayBeMade(error) ? 'No answer' : 'Nothing was changed', message: whyNoResult(error) })
      return null
    }
    const result = data.updateProvider
    if (result.__typename === 'UpdateProviderPayload') {
      notify({ tone: 'good', title: done })
      return 'done'
    }
    if (result.__typename !== 'ValidationError') notify({ tone: 'bad', title: 'Nothing was changed', message: result.message })
    return result
  }
  return { isBusy, change }
}
