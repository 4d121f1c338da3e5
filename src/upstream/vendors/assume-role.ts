import type { Answer } from '../client/messages.ts'
import { judgeAws } from './aws-errors.ts'
import { type AwsKeys, signAws } from './aws-signature.ts'
import { stsUrl } from './bedrock-endpoint.ts'
import type { Verdict } from './connection-status.ts'
import { textAt } from './json.ts'
import type { ProbeTest } from './probe.ts'
import { failed, wrongShape } from './verdict.ts'

export type AssumedRole = { readonly kind: 'keys'; readonly keys: AwsKeys } | { readonly kind: 'refused'; readonly verdict: Verdict }

export interface RoleRequest {
  readonly roleArn: string
  readonly externalId: string | null
  readonly region: string
}

const PERMISSION_HINT =
  "Let the role's trust policy name the access key's user, with the provider's external ID, and let that user call sts:AssumeRole."

/** Exchanges a stored key pair for temporary credentials of a role, good for 15 minutes, the shortest that AWS gives. */
export async function assumeRole(test: ProbeTest, keys: AwsKeys, role: RoleRequest): Promise<AssumedRole> {
  const form = new URLSearchParams({
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: role.roleArn,
    RoleSessionName: 'ai-provider-gateway-test',
    DurationSeconds: '900',
    ...(role.externalId === null ? {} : { ExternalId: role.externalId }),
  })
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
  const request = { method: 'POST' as const, url: stsUrl(role.region), headers, body: form.toString() }
  const reply = await test.send(await signAws(request, keys, { service: 'sts', region: role.region, date: new Date() }))
  if (reply.kind === 'failure') return { kind: 'refused', verdict: failed(reply) }
  const refusal = judgeAws(reply, test, PERMISSION_HINT)
  if (refusal) return { kind: 'refused', verdict: refusal }
  const temporary = readCredentials(reply)
  return temporary ? { kind: 'keys', keys: temporary } : { kind: 'refused', verdict: wrongShape(reply) }
}

/** STS answers in JSON to those who accept it, and in XML otherwise. */
function readCredentials(answer: Answer): AwsKeys | null {
  const read = (name: string) =>
    textAt(answer.json, 'AssumeRoleResponse', 'AssumeRoleResult', 'Credentials', name) ||
    (new RegExp(`<${name}>([^<]+)</${name}>`).exec(answer.body)?.[1] ?? '')
  const keys = { accessKeyId: read('AccessKeyId'), secretAccessKey: read('SecretAccessKey'), sessionToken: read('SessionToken') }
  return Object.values(keys).includes('') ? null : keys
}
