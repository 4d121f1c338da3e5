import type { StoredKeys } from '../api-keys/plan-key-changes.ts'
import { keyOfField } from '../api-keys/secret-binding.ts'
import { findMoves, type Move } from '../api-keys/secret-changes.ts'
import { type Caller, hasRole } from '../auth/principal.ts'
import { withoutQueryValues } from '../destination/canonical-url.ts'
import { destinationOf, differingParts } from '../destination/destination.ts'
import { KeyRequiredForNewEndpointError, ValidationError } from '../errors.ts'
import type { Prisma } from '../generated/prisma-sqlite/client.ts'
import { callersTokens } from './callers-tokens.ts'
import type { ChangePlan } from './plan-change.ts'

/**
 * The one rule for changes by which a stored secret would go elsewhere, or be read by somebody else on the way: an editor
 * gives it again, for an admin it is sealed anew. Returns the secrets that move.
 * @throws KeyRequiredForNewEndpointError; ValidationError for a provider whose callers bring the secrets.
 */
export function refuseMoves(caller: Caller, stored: StoredKeys, { secrets, after }: ChangePlan): Move[] {
  const moves = findMoves(stored.rows, after, stored.sealed, secrets)
  if (hasRole(caller.principal, 'ADMIN')) return moves
  if (moves.length > 0) throw new KeyRequiredForNewEndpointError()
  const { provider } = stored.rows
  const isMoved = destinationOf(provider, null) !== destinationOf(after.provider, null)
  if (provider.type === 'COPILOT' && isMoved) throw new ValidationError([callersTokens()])
  return moves
}

/** How the audit log tells of secrets that went elsewhere. Nothing of what a query says: a credential may stand there. */
export function auditedMoves(
  stored: StoredKeys,
  { after }: ChangePlan,
  moves: readonly Move[],
  unreadable: readonly string[],
): Prisma.InputJsonObject {
  if (moves.length === 0) return {}
  const fields = new Set(moves.flatMap(({ secret, from, to }) => differingParts(from, to).map((part) => fieldOf(part, secret))))
  return {
    keysKeptForNewEndpoint: true,
    sentElsewhereBy: [...fields].sort(),
    movedSecrets: {
      count: moves.length,
      from: endpointsOf(stored.rows),
      to: endpointsOf(after),
      ...(unreadable.length === 0 ? {} : { unreadable: [...unreadable] }),
    },
  }
}

const FIELDS: Readonly<Record<string, string>> = {
  endpoint: 'baseUrl',
  proxy: 'network.proxy',
  caCertificate: 'network.caCertificate',
  insecureSkipVerify: 'network.insecureSkipVerify',
  header: 'network.extraHeaders',
  region: 'settings.bedrock.region',
  roleArn: 'settings.bedrock.roleArn',
  keyEndpoints: 'apiKeys',
}

/** The field of a provider that a part of a destination comes from. */
function fieldOf(part: string, secret: string): string {
  return part.startsWith('own') ? `apiKeys.${keyOfField(secret) ?? secret}` : (FIELDS[part] ?? part)
}

function endpointsOf({ provider, keys }: StoredKeys['rows']): string[] {
  const own = keys.flatMap(({ endpoint, endpointVariable }) => (endpointVariable === null ? (endpoint ?? []) : `env:${endpointVariable}`))
  const all = [provider.baseUrl === '' ? `default:${provider.type}` : provider.baseUrl, ...own]
  return [...new Set(all.map((url) => withoutQueryValues(url).slice(0, 500)))]
}
