import { useCallback } from 'react'
import { ProviderCallsDocument } from '../generated/documents.ts'
import { useSession } from '../session/session.ts'
import { useReading } from '../usage/use-usage.ts'

const PAUSE_MS = 10_000

/** Reads again what calls change of a provider: no event tells of it. */
export function useCallState(name: string): void {
  const { reads } = useSession().clients
  const read = useCallback(
    () => void reads.query(ProviderCallsDocument, { name }, { requestPolicy: 'network-only' }).toPromise(),
    [reads, name],
  )
  useReading(read, PAUSE_MS)
}
