import type { UpstreamRequest, UpstreamResponse } from '../client/messages.ts'
import { xmlText } from './api-error.ts'
import { stsTarget } from './bedrock-endpoint.ts'
import type { AwsCredential, Revealable } from './credential.ts'
import { textAt } from './json.ts'
import { judgeResponse } from './judge.ts'
import { type Finding, refusal, withHint } from './judgement.ts'
import type { Sender } from './probe.ts'

export interface RoleRequest {
  readonly roleArn: string
  readonly externalId: string | null
  readonly region: string
}

const PERMISSION_HINT =
  "Let the role's trust policy name the access key's user, with the provider's external ID, and let that user call sts:AssumeRole."

/**
 * Exchanges a stored key pair for temporary credentials of a role, good for 15 minutes, the shortest that AWS gives.
 * @returns the temporary credentials, or what AWS said instead.
 */
export async function assumeRole(sender: Sender, credential: AwsCredential, role: RoleRequest): Promise<AwsCredential | Finding> {
  const reply = await sender.send(assumeRoleRequest(role), { ...credential, apiKey: null })
  if (reply.kind === 'failure') return reply
  const refused = judgeResponse(reply)
  if (refused) return withHint(refused, 'PERMISSION', PERMISSION_HINT) ?? refused
  const keyPair = readCredentials(reply)
  return keyPair === null ? refusal('SHAPE', reply) : { ...credential, keyPair, apiKey: null }
}

function assumeRoleRequest(role: RoleRequest): UpstreamRequest {
  const form = new URLSearchParams({
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: role.roleArn,
    RoleSessionName: 'ai-provider-gateway-test',
    DurationSeconds: '900',
    ...(role.externalId === null ? {} : { ExternalId: role.externalId }),
  })
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
  return { method: 'POST', target: stsTarget(role.region), headers, body: form.toString() }
}

/** STS answers in JSON to those who accept it, and in XML otherwise. */
function readCredentials({ json, body }: UpstreamResponse): AwsCredential['keyPair'] {
  const read = (name: string) => textAt(json, 'AssumeRoleResponse', 'AssumeRoleResult', 'Credentials', name) || xmlText(body, name)
  const texts = [read('AccessKeyId'), read('SecretAccessKey'), read('SessionToken')] as const
  if (texts.includes('')) return null
  const [accessKey, accessKeySecret, sessionToken] = texts.map(hidden)
  return accessKey && accessKeySecret && sessionToken ? { accessKey, accessKeySecret, sessionToken } : null
}

/** A closure prints nothing of what it holds. */
function hidden(text: string): Revealable {
  return { reveal: () => text }
}
