import { neverBack } from '../routes/never-back.ts'
import type { CallContext } from '../upstream/client/call-context.ts'
import { performRequest } from '../upstream/client/perform-request.ts'
import { assumeRole } from '../upstream/vendors/assume-role.ts'
import { type AuthorizationRules, authorize } from '../upstream/vendors/authorize.ts'
import { regionOf } from '../upstream/vendors/bedrock-endpoint.ts'
import type { AwsCredential } from '../upstream/vendors/credential.ts'
import { UnusableKey } from './unusable-key.ts'

/** AWS gives them for 15 minutes; a call may take a while until it is read. */
const KEPT_MS = 12 * 60_000
const MAX_KEPT = 1_000

interface Kept {
  readonly credential: Promise<AwsCredential>
  readonly endsAt: number
}

/** What a role is assumed with. */
export interface RoleToAssume {
  /** The key, and its edition: another value assumes the role anew. */
  readonly id: string
  readonly credential: AwsCredential & { readonly roleArn: string }
  readonly rules: AuthorizationRules
  readonly context: () => CallContext
}

/**
 * Temporary credentials of AWS roles, assumed once for all calls of some minutes: the token service is neither as quick nor as
 * patient as the models are. They are the only credentials that outlive a call.
 */
export class RoleCredentials {
  readonly #kept = new Map<string, Kept>()
  readonly #now: () => number

  /** @param now milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = neverBack(now)
  }

  /** @throws UnusableKey when AWS does not let the key assume the role. */
  assume(role: RoleToAssume): Promise<AwsCredential> {
    const id = JSON.stringify([role.id, role.credential.roleArn, role.credential.externalId, role.credential.region])
    const known = this.#kept.get(id)
    if (known !== undefined && known.endsAt > this.#now()) return known.credential
    const credential = askForRole(role)
    this.#kept.delete(id)
    const [oldest] = this.#kept.keys()
    if (oldest !== undefined && this.#kept.size >= MAX_KEPT) this.#kept.delete(oldest)
    this.#kept.set(id, { credential, endsAt: this.#now() + KEPT_MS })
    credential.catch(() => this.#kept.delete(id))
    return credential
  }
}

async function askForRole({ credential, rules, context }: RoleToAssume): Promise<AwsCredential> {
  const { roleArn, externalId } = credential
  const region = credential.region ?? regionOf(rules.base)
  if (region === null) throw new UnusableKey('No AWS region is set.')
  const send: Parameters<typeof assumeRole>[0]['send'] = async (request, sent = { kind: 'none' }) =>
    performRequest(await authorize(request, sent, rules), context())
  const assumed = await assumeRole({ send, sendOnce: send }, { ...credential, region }, { roleArn, externalId, region })
  if (assumed.kind !== 'aws')
    throw new UnusableKey('AWS does not let the stored access key assume the role. Test the connection for the reason.')
  return { ...assumed, region }
}
