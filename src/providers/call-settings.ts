import { z } from 'zod'
import { type Caller, hasRole } from '../auth/principal.ts'
import type { ValidationIssue } from '../errors.ts'
import type { Prisma } from '../generated/prisma-sqlite/client.ts'
import { headerNameProblem, isCredential } from '../upstream/client/network-settings.ts'
import { type CallRoutes, readCallRoutes } from './call-routes.ts'

/** What of a provider is for model calls alone. Undefined leaves it as it is. */
export interface CallSettings {
  readonly callRoutes?: CallRoutes | undefined
  /** Names of more headers that callers may send to the vendor; none for none. */
  readonly callHeaders?: readonly string[] | undefined
}

const MAX_HEADERS = 50

/** Reads the column `callHeaders`. */
export function readCallHeaders(column: unknown): readonly string[] {
  return z.array(z.string()).parse(column ?? [])
}

/** The column for these names: in small letters, each once, in one order; null for none. */
export function toStoredCallHeaders(names: readonly string[]): string[] | null {
  const stored = [...new Set(names.map((name) => name.toLowerCase()))].sort()
  return stored.length === 0 ? null : stored
}

/** The rules for names of headers: a caller's header that carries a credential or an address never passes, whatever a list says. */
export function checkCallHeaders(names: readonly string[] = []): ValidationIssue[] {
  if (names.length > MAX_HEADERS)
    return [{ path: ['callHeaders'], rule: 'OUT_OF_RANGE', message: `A provider has at most ${MAX_HEADERS} such headers.` }]
  return names.flatMap((name, index): ValidationIssue[] => {
    const path = ['callHeaders', String(index)]
    if (name.length > 100 || headerNameProblem(name) !== null)
      return [{ path, rule: 'HEADER_FORMAT', message: 'It is no name of a header.' }]
    return isCredential(name, '') ? [{ path, rule: 'NOT_ALLOWED', message: 'A header that carries a credential is never passed on.' }] : []
  })
}

/**
 * What only an admin may do: open every route, which can manage the account at the vendor, and change which headers pass, which
 * can steer a relay to another destination.
 * @param stored null for a new provider.
 */
export function checkCallSettings(
  { principal }: Caller,
  { callRoutes, callHeaders }: CallSettings,
  stored: { readonly callRoutes: string; readonly callHeaders: unknown } | null,
): ValidationIssue[] {
  if (hasRole(principal, 'ADMIN')) return []
  const opens = callRoutes === 'ALL' && (stored === null || readCallRoutes(stored.callRoutes) !== 'ALL')
  const before = toStoredCallHeaders(readCallHeaders(stored?.callHeaders))
  const steers = callHeaders !== undefined && JSON.stringify(toStoredCallHeaders(callHeaders)) !== JSON.stringify(before)
  return [
    ...(opens ? [adminOnly('callRoutes', 'Only an admin may open every route of a vendor to calls.')] : []),
    ...(steers ? [adminOnly('callHeaders', 'Only an admin may change which headers of callers reach the vendor.')] : []),
  ]
}

/** What an audit event says of a change. */
export function auditedCallSettings({ callRoutes, callHeaders }: CallSettings, stored: { readonly callRoutes: string }): CallSettings {
  return {
    ...(callRoutes === undefined || callRoutes === stored.callRoutes ? {} : { callRoutes }),
    ...(callHeaders === undefined ? {} : { callHeaders: toStoredCallHeaders(callHeaders) ?? [] }),
  }
}

/** The column `callHeaders` after a change. */
export function changedCallHeaders({ callHeaders }: CallSettings, stored: Prisma.JsonValue): Prisma.JsonValue {
  return callHeaders === undefined ? stored : toStoredCallHeaders(callHeaders)
}

function adminOnly(field: string, message: string): ValidationIssue {
  return { path: [field], rule: 'NOT_ALLOWED', message }
}
