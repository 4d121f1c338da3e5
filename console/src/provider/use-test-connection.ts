import { useState } from 'react'
import { problemOf } from '../gateway/problem.ts'
import { TestConnectionDocument } from '../generated/documents.ts'
import { isolated } from '../parts/format.ts'
import { useNotify } from '../parts/notices.tsx'
import { rememberFocus } from '../parts/return-focus.ts'
import { statusOf } from '../parts/test-status.tsx'
import { useSession } from '../session/session.ts'
import { useRefresh } from './use-refresh.ts'

export interface TestableProvider {
  readonly id: string
  readonly name: string
  readonly displayName: string
}

/** Tests a stored provider, or one of its keys, says how it ended, and shows it wherever the provider is shown. */
export function useTestConnection({ id, name, displayName }: TestableProvider): {
  readonly isTesting: boolean
  readonly test: (apiKeyId?: string) => Promise<void>
} {
  const { writes } = useSession().clients
  const notify = useNotify()
  const refresh = useRefresh(name)
  const [isTesting, setTesting] = useState(false)

  const test = async (apiKeyId?: string) => {
    const giveFocusBack = rememberFocus()
    setTesting(true)
    const input = { saved: { provider: { id }, ...(apiKeyId === undefined ? {} : { apiKeyId }) } }
    const { data, error } = await writes.mutation(TestConnectionDocument, { input }).toPromise()
    await refresh()
    setTesting(false)
    giveFocusBack()
    if (error !== undefined)
      return notify({ tone: 'bad', title: `${isolated(displayName)} was not tested`, message: problemOf(error).message })
    const result = data?.testConnection
    if (result === undefined) return
    if (result.__typename !== 'TestConnectionPayload')
      return notify({ tone: 'bad', title: `${isolated(displayName)} was not tested`, message: result.message })
    const { tone, label } = statusOf(result.test.status)
    notify({ tone: tone === 'quiet' ? 'warn' : tone, title: `${isolated(displayName)}: ${label}`, message: result.test.message })
  }
  return { isTesting, test }
}
