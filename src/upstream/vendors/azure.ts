import { withoutFinalSlash } from '../client/join.ts'
import type { UpstreamResponse } from '../client/messages.ts'
import type { Target } from '../client/target.ts'
import { under } from './base-url.ts'
import { textAt } from './json.ts'
import { judgeResponse } from './judge.ts'
import { type Judgement, notTestable, refusal, success, withHint } from './judgement.ts'
import { bearer, get, judgeList, postJson } from './openai-api.ts'
import { hasCredential, type KeyTrial, NO_KEY, type Probe, type ProbeTest } from './probe.ts'

const API_VERSION = { 'api-version': '2024-10-21' }

/**
 * Azure OpenAI: listing the models is free. When the base URL names a deployment, a chat that cannot run is sent to that
 * deployment instead, because the list says nothing about deployments.
 */
export const azure: Probe = {
  info: {
    type: 'AZURE',
    displayName: 'Azure OpenAI',
    defaultBaseUrl: null,
    acceptsApiKeys: true,
    documentationUrl: 'https://learn.microsoft.com/azure/ai-foundry/openai/reference',
    keyPageUrl: 'https://portal.azure.com',
  },
  vendorHost: /\.(?:(?:openai|services\.ai|cognitiveservices)\.azure\.(?:com|us|cn)|api\.cognitive\.microsoft\.(?:com|us))$/,
  // An access token of Microsoft Entra is a JWT and goes where OAuth tokens go.
  keyHeaders: (key) => (/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(key) ? bearer(key) : { 'api-key': key }),
  async run(test) {
    if (!hasCredential(test)) return notTestable(NO_KEY)
    const deployment = DEPLOYMENT.exec(test.base.path)
    const trial = deployment === null ? listTrial(test) : deploymentTrial(test.base, deployment[0])
    const judge = (response: UpstreamResponse) => {
      const judged = trial.judge(response)
      return judged.kind === 'refusal' ? (withHint(judged, 'KEY', OTHER_RESOURCE) ?? judged) : judged
    }
    return test.tryKey({ request: trial.request, judge, needsControl: !test.isVendorHost || test.modelsTarget !== null })
  },
}

/** What comes before a deployment, and its name. */
const DEPLOYMENT = /^.*?\/openai\/deployments\/[^/]+/
const OTHER_RESOURCE = "It may belong to another resource or region than the base URL names: copy both from the same resource's page."

function listTrial(test: ProbeTest): Pick<KeyTrial, 'request' | 'judge'> {
  return {
    request: get(test.modelsTarget ?? listTarget(test.base)),
    judge: (response) => judgeList(response, test.scrubber, 'Deployments were not tried.'),
  }
}

/** Azure's newer API lives under `/openai/v1` and knows no `api-version`; the older one needs it. */
function listTarget(base: Target): Target {
  if (/\/openai\/v1$/.test(base.path)) return under(base, 'models')
  const prefix = withoutFinalSlash(base.path.replace(/\/openai(?:\/.*)?$/, ''))
  return under({ ...base, path: prefix }, 'openai/models', API_VERSION)
}

/** No messages: refused with 400 after the key and the deployment were looked up, and free. */
function deploymentTrial(base: Target, path: string): Pick<KeyTrial, 'request' | 'judge'> {
  const target = under({ ...base, path }, 'chat/completions', API_VERSION)
  return { request: postJson(target, { messages: [], max_tokens: 1 }), judge: judgeDeployment }
}

function judgeDeployment(response: UpstreamResponse): Judgement {
  const judged = judgeResponse(response)
  // The deployment complains about the call: it got past the key.
  if (judged?.cause === 'REQUEST' && response.httpStatus === 400 && textAt(response.json, 'error', 'message') !== '') {
    return success(response, null, 'The deployment exists; it was tried with a call that cannot run.')
  }
  return judged ?? refusal('SHAPE', response)
}
