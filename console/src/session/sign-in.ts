import { createGatewayClients, type GatewayClients } from '../gateway/clients.ts'
import type { FetchEvents } from '../gateway/gateway-fetch.ts'
import { problemOf } from '../gateway/problem.ts'
import { ViewerDocument } from '../generated/documents.ts'
import type { Session } from './session.ts'

export type SignInOutcome =
  | { readonly clients: GatewayClients; readonly viewer: Session['viewer'] }
  /** `refused` is about the token; anything else may be better a moment later. */
  | { readonly refused: boolean; readonly message: string }

/** Asks the gateway whose token this is. */
export async function signIn(token: string, events: FetchEvents): Promise<SignInOutcome> {
  // A header takes nothing else, and a token has nothing else.
  if (!/^[\x21-\x7e]+$/.test(token)) return { refused: true, message: 'A token contains no spaces or special characters. Copy it again.' }
  const clients = createGatewayClients(token, events)
  const { data, error } = await clients.reads.query(ViewerDocument, {}, { requestPolicy: 'network-only' }).toPromise()
  if (data !== undefined) return { clients, viewer: data.viewer }
  if (error === undefined) return { refused: false, message: 'The gateway did not answer.' }
  const { kind, message } = problemOf(error)
  return { refused: kind === 'signed-out', message }
}
