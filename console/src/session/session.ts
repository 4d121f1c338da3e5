import { createContext, useContext } from 'react'
import type { GatewayClients } from '../gateway/clients.ts'
import type { ViewerQuery } from '../generated/documents.ts'

/** Who is signed in, and how to speak to the gateway in their name. */
export interface Session {
  readonly clients: GatewayClients
  readonly viewer: ViewerQuery['viewer']
  readonly signOut: () => void
}

export const SessionContext = createContext<Session | null>(null)

export function useSession(): Session {
  const session = useContext(SessionContext)
  if (session === null) throw new Error('Only a signed-in page can ask who is signed in.')
  return session
}

/** What the role lets a person do; the gateway decides, and the console shows no more than that. */
export function usePermissions(): { readonly mayRead: boolean; readonly mayEdit: boolean; readonly mayAdminister: boolean } {
  const { role } = useSession().viewer
  return { mayRead: role !== 'CALLER', mayEdit: role === 'EDITOR' || role === 'ADMIN', mayAdminister: role === 'ADMIN' }
}
