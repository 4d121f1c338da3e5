import { decodeGlobalID } from '@pothos/plugin-relay'

/** The id of the row that a GraphQL id stands for; null for a text that was not given out as one. */
export function idInGlobalId(globalId: string): string | null {
  try {
    return decodeGlobalID(globalId).id
  } catch {
    return null
  }
}
