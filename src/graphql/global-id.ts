import { decodeGlobalID } from '@pothos/plugin-relay'
import { lookupText } from './lookup-text.ts'

/** What a GraphQL id stands for. @throws for a text that was not given out as one. */
export function decodeId(globalId: string): { typename: string; id: string } {
  const { typename, id } = decodeGlobalID(globalId)
  return { typename, id: lookupText(id) }
}

/** The id of the row that a GraphQL id stands for; null for a text that was not given out as one. */
export function idInGlobalId(globalId: string): string | null {
  try {
    return decodeId(globalId).id
  } catch {
    return null
  }
}

/** The id of the row of this type that a GraphQL id stands for; null for any other text. */
export function rowIdOf(type: string, globalId: string): string | null {
  const id = idInGlobalId(globalId)
  return id !== null && decodeId(globalId).typename === type ? id : null
}
