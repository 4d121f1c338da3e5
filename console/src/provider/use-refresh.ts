import { useCallback } from 'react'
import { ProviderDocument, ProviderHistoryDocument } from '../generated/documents.ts'
import { useSession } from '../session/session.ts'

/** Reads a provider anew into the cache, and so into every place that shows it. */
export function useRefresh(name: string): () => Promise<void> {
  const { reads } = useSession().clients
  return useCallback(async () => {
    const fresh = { requestPolicy: 'network-only' } as const
    await Promise.all([
      reads.query(ProviderDocument, { name }, fresh).toPromise(),
      reads.query(ProviderHistoryDocument, { name }, fresh).toPromise(),
    ])
  }, [reads, name])
}
