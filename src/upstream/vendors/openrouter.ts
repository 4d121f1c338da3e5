import type { Answer } from '../client/messages.ts'
import type { Verdict } from './connection-status.ts'
import { under, withVersion } from './endpoint-url.ts'
import { at, isRecord } from './json.ts'
import { bearer, get } from './openai-api.ts'
import type { Probe, ProbeTest } from './probe.ts'
import { withPublicModels } from './public-models.ts'
import { judgeStatus, keyWorks, lacksPermission, notTestable, wrongShape } from './verdict.ts'

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
  async run(test) {
    if (test.credential.kind !== 'apiKey') return notTestable('No API key is stored for this provider. Add one to test it.')
    const base = withVersion(test.base, 'v1')
    const verdict = await test.tryKey(test.credential.apiKey.reveal(), {
      request: (candidate) => get(under(base, 'key'), bearer(candidate)),
      judge: (answer) => judgeKey(answer, test),
      needsControl: !test.isVendorHost,
    })
    return withPublicModels(test, verdict, under(base, 'models'))
  },
}

function judgeKey(answer: Answer, test: ProbeTest): Verdict {
  const refusal = judgeStatus(answer, test)
  if (refusal) return refusal
  const data = at(answer.json, 'data')
  if (!isRecord(data) || !('label' in data)) return wrongShape(answer)
  if (data.is_provisioning_key === true || data.is_management_key === true) {
    return lacksPermission(answer, test, 'It is a management key, which cannot call models. Create an API key.')
  }
  const isSpent = typeof data.limit_remaining === 'number' && data.limit_remaining <= 0
  return keyWorks(answer.httpStatus, [], isSpent ? 'But its spending limit is used up: raise it, or its calls will be refused.' : '')
}
