import type { Target } from '../client/target.ts'
import { assumeRole } from './assume-role.ts'
import {
  BEDROCK_HOST,
  type BedrockEndpoint,
  bedrockEndpoint,
  controlEndpoint,
  isRegion,
  regionOf,
  runtimeEndpoint,
  stsTarget,
} from './bedrock-endpoint.ts'
import type { AwsCredential, AwsKeyPair, Credential } from './credential.ts'
import { type Finding, notTestable, withHint } from './judgement.ts'
import { bearer, get, judgeList } from './openai-api.ts'
import type { Probe, ProbeTest } from './probe.ts'

/** Amazon Bedrock: `GET /foundation-models` is free. It is signed with the stored key pair, or carries a Bedrock API key. */
export const bedrock: Probe = {
  info: {
    type: 'BEDROCK',
    displayName: 'Amazon Bedrock',
    defaultBaseUrl: null,
    acceptsApiKeys: false,
    documentationUrl: 'https://docs.aws.amazon.com/bedrock/latest/APIReference/',
    keyPageUrl: 'https://console.aws.amazon.com/iam/home#/security_credentials',
  },
  vendorHost: BEDROCK_HOST,
  keyHeaders: bearer,
  vendorOrigins,
  async run(test) {
    const credential = awsCredential(test.credential)
    if (credential === null && !test.hasCredentialHeader) return notTestable(NO_ACCESS_KEY)
    const endpoint = bedrockEndpoint(test.base, credential?.region ?? null)
    if (endpoint.region !== null && !isRegion(endpoint.region)) return notTestable(NO_REGION)
    if (endpoint.otherRegion !== null) return regionsDiffer(endpoint)
    if (credential === null || credential.apiKey !== null) return tryList(test, endpoint, test.credential)
    return tryKeyPair(test, credential, endpoint)
  },
}

const NO_ACCESS_KEY = 'No access key is stored for this provider. Add an access key pair to its settings to test it.'
const NO_REGION = 'The region is not one of AWS, such as us-east-1. Correct it in the settings.'
const NO_SESSION_TOKEN =
  'The access key is a temporary one (ASIA…), which works only with its session token, and none is stored. Store the session token too, or use a long-lived access key.'

/** The list is on AWS's control endpoint, prompts go to its runtime endpoint, and roles are assumed at its token service. */
function vendorOrigins(base: Target, credential: Credential): readonly string[] {
  const control = controlEndpoint(base)
  const aws = awsCredential(credential)
  const region = aws?.region ?? regionOf(base)
  const sts = aws?.roleArn != null && region !== null && isRegion(region) ? stsTarget(region) : null
  return [control, sts, runtimeEndpoint(base)].flatMap((target) => (target === null ? [] : [target.origin]))
}

function awsCredential(credential: Credential): AwsCredential | null {
  switch (credential.kind) {
    case 'none':
      return null
    case 'apiKey':
      return { kind: 'aws', keyPair: null, apiKey: credential.apiKey, region: null, roleArn: null, externalId: null }
    case 'aws':
      return credential
  }
}

async function tryKeyPair(test: ProbeTest, credential: AwsCredential, endpoint: BedrockEndpoint): Promise<Finding> {
  const { keyPair, roleArn, externalId } = credential
  const { region } = endpoint
  if (keyPair === null) {
    const role = roleArn === null ? '' : ' The role can be assumed only with one: the gateway never uses credentials of its own machine.'
    return notTestable(`${NO_ACCESS_KEY}${role}`)
  }
  const half = missingHalf(keyPair)
  if (half !== null) return notTestable(`Only half of an access key pair is stored: ${half}. Store both halves again.`)
  if (lacksSessionToken(keyPair)) return notTestable(NO_SESSION_TOKEN)
  if (region === null) return notTestable('No region is set, and the base URL names none. Add the region to the settings, e.g. us-east-1.')
  if (roleArn === null) return tryList(test, endpoint, { ...credential, region })
  const assumed = await assumeRole(test, { ...credential, region }, { roleArn, externalId, region })
  return assumed.kind === 'aws' ? tryList(test, endpoint, assumed) : assumed
}

function missingHalf({ accessKey, accessKeySecret }: AwsKeyPair): string | null {
  if (accessKey.reveal() === '') return 'the access key itself is missing'
  return accessKeySecret.reveal() === '' ? 'its secret is missing' : null
}

function lacksSessionToken({ accessKey, sessionToken }: AwsKeyPair): boolean {
  return accessKey.reveal().startsWith('ASIA') && !sessionToken?.reveal()
}

function tryList(test: ProbeTest, { list }: BedrockEndpoint, credential: Credential): Promise<Finding> {
  const trial = {
    request: get(test.modelsTarget ?? list),
    judge: (response: Parameters<typeof judgeList>[0]) => {
      const judged = judgeList(response, test.scrubber)
      return judged.kind === 'refusal' ? (withHint(judged, 'PERMISSION', 'Allow it bedrock:ListFoundationModels.') ?? judged) : judged
    },
    needsControl: !test.isVendorHost || test.modelsTarget !== null,
  }
  return test.tryKey(trial, credential)
}

/** No call could succeed: the signature would name one region and the host another. */
function regionsDiffer({ region, otherRegion }: BedrockEndpoint): Finding {
  const reason = `The settings name the region ${region} but the base URL is in ${otherRegion}. Make them agree.`
  return { kind: 'misconfigured', reason }
}
