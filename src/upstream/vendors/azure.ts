import type { Answer } from '../client/messages.ts'
import type { Verdict } from './connection-status.ts'
import { fromRoot, under } from './endpoint-url.ts'
import { errorText, textAt } from './json.ts'
import { readModelNames } from './model-list.ts'
import { bearer, get, postJson } from './openai-api.ts'
import type { KeyTrial, Probe, ProbeTest } from './probe.ts'
import { judgeStatus, keyRefused, keyWorks, lacksPermission, noSuchApi, notTestable, wrongShape } from './verdict.ts'

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
  async run(test) {
    if (test.credential.kind !== 'apiKey') return notTestable('No API key is stored for this provider. Add one to test it.')
    const deployment = /\/openai\/deployments\/([^/]+)/.exec(test.base.pathname)?.[1]
    const trial = deployment === undefined ? listTrial(test) : deploymentTrial(test, deployment)
    return test.tryKey(test.credential.apiKey.reveal(), { ...trial, needsControl: !test.isVendorHost })
  },
}

/** An access token of Microsoft Entra is a JWT and goes where OAuth tokens go. */
function authentication(key: string): Readonly<Record<string, string>> {
  return /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(key) ? bearer(key) : { 'api-key': key }
}

function listTrial(test: ProbeTest): Pick<KeyTrial, 'request' | 'judge'> {
  const url = listUrl(test.base)
  return {
    request: (key) => get(url, authentication(key)),
    judge: (answer) => {
      const refusal = judgeAzure(answer, test)
      if (refusal) return refusal
      const models = readModelNames(answer.json, test.scrubber)
      return models === null ? wrongShape(answer) : keyWorks(answer.httpStatus, models, 'Deployments were not tried.')
    },
  }
}

/** Azure's newer API lives under `/openai/v1` and knows no `api-version`; the older one needs it. */
function listUrl(base: URL): URL {
  if (/\/openai\/v1$/.test(base.pathname)) return under(base, 'models')
  const prefix = base.pathname.replace(/\/openai(?:\/.*)?$/, '').replace(/\/$/, '')
  return under(fromRoot(base, `${prefix}/openai${base.search}`), 'models', API_VERSION)
}

/** No messages: refused with 400 after the key and the deployment were looked up, and free. */
function deploymentTrial(test: ProbeTest, deployment: string): Pick<KeyTrial, 'request' | 'judge'> {
  const prefix = test.base.pathname.slice(0, test.base.pathname.indexOf('/openai/deployments/'))
  const root = fromRoot(test.base, `${prefix}/openai/deployments/${deployment}${test.base.search}`)
  const url = under(root, 'chat/completions', API_VERSION)
  return {
    request: (key) => postJson(url, authentication(key), { messages: [], max_tokens: 1 }),
    judge: (answer) => {
      if (answer.httpStatus === 400 && textAt(answer.json, 'error', 'message') !== '') {
        return keyWorks(answer.httpStatus, [], 'The deployment exists; it was tried with a call that cannot run.')
      }
      return judgeAzure(answer, test) ?? wrongShape(answer)
    },
  }
}

function judgeAzure(answer: Answer, test: ProbeTest): Verdict | null {
  const code = textAt(answer.json, 'error', 'code')
  if (answer.httpStatus === 401) {
    return keyRefused(
      answer,
      test,
      "It may belong to another resource or region than the base URL names: copy both from the same resource's page.",
    )
  }
  if (answer.httpStatus === 403 && /public access|virtual network|firewall|private endpoint/i.test(errorText(answer.json))) {
    return lacksPermission(
      answer,
      test,
      "The resource's network rules do not let the gateway in. Allow its address, or use the private endpoint.",
    )
  }
  if (answer.httpStatus === 404 && code === 'DeploymentNotFound') {
    return noSuchApi(
      answer,
      test,
      'The resource has no deployment of this name. Check its spelling, and wait some minutes after creating one.',
    )
  }
  return judgeStatus(answer, test)
}
