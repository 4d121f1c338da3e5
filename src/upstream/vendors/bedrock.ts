import type { Answer } from '../client/messages.ts'
import { assumeRole } from './assume-role.ts'
import { judgeAws } from './aws-errors.ts'
import { type AwsKeys, signAws } from './aws-signature.ts'
import { BEDROCK_HOST, type BedrockEndpoint, bedrockEndpoint, isRegion } from './bedrock-endpoint.ts'
import type { Verdict } from './connection-status.ts'
import { type AwsCredential, headerProblem } from './credential.ts'
import { readModelNames } from './model-list.ts'
import { bearer, get } from './openai-api.ts'
import type { Probe, ProbeTest } from './probe.ts'
import { keyWorks, notTestable, unsendableKey, wrongShape } from './verdict.ts'

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
  async run(test) {
    const credential = awsCredential(test)
    if (!credential) return notTestable('No access key is stored for this provider. Add an access key pair to its settings to test it.')
    const endpoint = bedrockEndpoint(test.base, credential.region)
    if (endpoint.region !== null && !isRegion(endpoint.region)) return notTestable(NO_REGION)
    if (endpoint.otherRegion !== null) return regionsDiffer(endpoint)
    return credential.apiKey ? runWithApiKey(test, credential.apiKey.reveal(), endpoint) : runWithKeyPair(test, credential, endpoint)
  },
}

const NO_REGION = 'The region is not one of AWS, such as us-east-1. Correct it in the settings.'

function awsCredential({ credential }: ProbeTest): AwsCredential | null {
  switch (credential.kind) {
    case 'none':
      return null
    case 'apiKey':
      return { kind: 'aws', keyPair: null, apiKey: credential.apiKey, region: null, roleArn: null, externalId: null }
    case 'aws':
      return credential
  }
}

async function runWithApiKey(test: ProbeTest, key: string, { listUrl }: BedrockEndpoint): Promise<Verdict> {
  const problem = headerProblem(key)
  if (problem !== null) return unsendableKey(problem)
  return test.tryKey(key, {
    request: (candidate) => get(listUrl, bearer(candidate)),
    judge: (answer) => judgeList(answer, test),
    needsControl: !test.isVendorHost,
  })
}

async function runWithKeyPair(test: ProbeTest, credential: AwsCredential, { listUrl, region }: BedrockEndpoint): Promise<Verdict> {
  const { keyPair, roleArn, externalId } = credential
  if (!keyPair) {
    const role = roleArn === null ? '' : ' The role can be assumed only with one: the gateway never uses credentials of its own machine.'
    return notTestable(`No access key is stored for this provider. Add an access key pair to its settings to test it.${role}`)
  }
  if (region === null) return notTestable('No region is set, and the base URL names none. Add the region to the settings, e.g. us-east-1.')
  const stored: AwsKeys = { accessKeyId: keyPair.accessKey.reveal(), secretAccessKey: keyPair.accessKeySecret.reveal(), sessionToken: null }
  const problem = headerProblem(stored.accessKeyId)
  if (problem !== null) return unsendableKey(problem)
  const assumed = roleArn === null ? null : await assumeRole(test, stored, { roleArn, externalId, region })
  if (assumed?.kind === 'refused') return assumed.verdict
  const keys = assumed?.keys ?? stored
  const scrubber = test.scrubber.with([keys.secretAccessKey, keys.sessionToken ?? ''])
  return test.tryKey(keys.secretAccessKey, {
    request: (secret) => signAws(get(listUrl, {}), { ...keys, secretAccessKey: secret }, { service: 'bedrock', region, date: new Date() }),
    judge: (answer) => judgeList(answer, { ...test, scrubber }),
    needsControl: !test.isVendorHost,
  })
}

function judgeList(answer: Answer, test: ProbeTest): Verdict {
  const refusal = judgeAws(answer, test, 'Allow it bedrock:ListFoundationModels.')
  if (refusal) return refusal
  const models = readModelNames(answer.json, test.scrubber)
  return models === null ? wrongShape(answer) : keyWorks(answer.httpStatus, models)
}

/** No call could succeed: the signature would name one region and the host another. */
function regionsDiffer({ region, otherRegion }: BedrockEndpoint): Verdict {
  const reason = `The settings name the region ${region} but the base URL is in ${otherRegion}. Make them agree.`
  return { ...notTestable(reason), status: 'NOT_FOUND' }
}
