import { useEffect } from 'react'
import { ProviderCallsDocument } from '../generated/documents.ts'
import { useSession } from '../session/session.ts'

const PAUSE_MS = 10_000

/** Reads again, while the page is in sight, what calls change of a provider: no event tells of it. */
export function useCallState(name: string): void {
  const { reads } = useSession().clients
  useEffect(() => {
    const read = () => {
      if (document.visibilityState === 'visible')
        void reads.query(ProviderCallsDocument, { name }, { requestPolicy: 'network-only' }).toPromise()
    }
    const timer = setInterval(read, PAUSE_MS)
    return () => clearInterval(timer)
  }, [reads, name])
}
