import type { Answer } from '../client/messages.ts'
import type { Verdict } from './connection-status.ts'
import { under, withVersion } from './endpoint-url.ts'
import { bearer, get, judgeOpenAiList, judgeOpenAiRefusal } from './openai-api.ts'
import type { Probe, ProbeTest } from './probe.ts'
import { judgeStatus, lacksPermission, notTestable } from './verdict.ts'

/** OpenAI: `GET /models` is free, and refuses keys that are wrong. */
export const openai: Probe = {
  info: {
    type: 'OPENAI',
    displayName: 'OpenAI',
    defaultBaseUrl: 'https://api.openai.com/v1',
    acceptsApiKeys: true,
    documentationUrl: 'https://platform.openai.com/docs/api-reference',
    keyPageUrl: 'https://platform.openai.com/api-keys',
  },
  vendorHost: /^(?:[a-z]{2}\.)?api\.openai\.com$/,
  async run(test) {
    if (test.credential.kind !== 'apiKey') return notTestable('No API key is stored for this provider. Add one to test it.')
    const key = test.credential.apiKey.reveal()
    const base = withVersion(test.base, 'v1')
    // An admin key manages an organization and is refused by /models, though it is valid.
    const isAdminKey = test.isVendorHost && key.startsWith('sk-admin-')
    const url = isAdminKey ? under(base, 'organization/admin_api_keys', { limit: '1' }) : under(base, 'models')
    return test.tryKey(key, {
      request: (candidate) => get(url, bearer(candidate)),
      judge: (answer) => (isAdminKey ? judgeAdminKey(answer, test) : judgeOpenAiList(answer, test)),
      needsControl: !test.isVendorHost,
    })
  },
}

function judgeAdminKey(answer: Answer, test: ProbeTest): Verdict {
  const refusal = judgeOpenAiRefusal(answer, test) ?? judgeStatus(answer, test)
  return (
    refusal ??
    lacksPermission(answer, test, 'It is an admin key, which manages the organization and cannot call models. Use a project key.')
  )
}
