import { z } from 'zod'

const callRoutes = z.enum(['STANDARD', 'ALL'])

/** Which routes of a vendor model calls may use: those of models, or all of them, also those that manage the account. */
export type CallRoutes = z.infer<typeof callRoutes>

/** Reads the column `callRoutes`. What is not known there is the narrower choice. */
export function readCallRoutes(column: string): CallRoutes {
  return callRoutes.safeParse(column).data ?? 'STANDARD'
}
