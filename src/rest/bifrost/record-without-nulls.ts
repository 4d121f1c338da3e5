import { z } from 'zod'

/** An object whose keys the client chooses; one that is null is not there (Bifrost contract, decisions at its top). */
export function recordWithoutNulls<Schema extends z.ZodType>(value: Schema) {
  return z.record(z.string(), value.nullable()).transform((fields) => Object.fromEntries(Object.entries(fields).filter(isThere)))
}

function isThere<Value>(entry: [string, Value | null]): entry is [string, Value] {
  return entry[1] !== null
}
