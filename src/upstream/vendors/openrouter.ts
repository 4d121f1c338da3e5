import type { UpstreamResponse } from '../client/messages.ts'
import { under, withVersion } from './base-url.ts'
import { at, isRecord } from './json.ts'
import { judgeResponse } from './judge.ts'
import { type Judgement, notTestable, refusal, success } from './judgement.ts'
import { bearer, get } from './openai-api.ts'
import { hasCredential, NO_KEY, type Probe } from './probe.ts'
import { withPublicModels } from './public-models.ts'

/** OpenRouter: its list of models is open to anyone, so the key is tried on `GET /key`, and the list is read without it. */
export const openrouter: Probe = {
  info: {
    type: 'OPENROUTER',
    displayName: 'OpenRouter',
    defaultBaseUrl: 'https://openrouter.ai/api/v1',
    acceptsApiKeys: true,
    documentationUrl: 'https://openrouter.ai/docs/api-reference/overview',
    keyPageUrl: 'https://openrouter.ai/settings/keys',
  },
  vendorHost: /^openrouter\.ai$/,
  keyHeaders: bearer,
  async run(test) {
    if (!hasCredential(test)) return notTestable(NO_KEY)
    const base = withVersion(test.base, 'v1')
    const finding = await test.tryKey({ request: get(under(base, 'key')), judge: judgeKey, needsControl: !test.isVendorHost })
    return withPublicModels(test, finding, test.modelsTarget ?? under(base, 'models'))
  },
}

function judgeKey(response: UpstreamResponse): Judgement {
  const refused = judgeResponse(response)
  if (refused) return refused
  const data = at(response.json, 'data')
  if (!isRecord(data) || !('label' in data)) return refusal('SHAPE', response)
  if (data.is_provisioning_key === true || data.is_management_key === true) {
    return refusal('PERMISSION', response, 'It is a management key, which cannot call models. Create an API key.')
  }
  const isSpent = typeof data.limit_remaining === 'number' && data.limit_remaining <= 0
  return success(response, null, isSpent ? 'But its spending limit is used up: raise it, or its calls will be refused.' : '')
}
