import type { UpstreamResponse } from '../client/messages.ts'
import { under, withVersion } from './base-url.ts'
import { judgeResponse } from './judge.ts'
import { type Judgement, notTestable, refusal } from './judgement.ts'
import { bearer, get, judgeList } from './openai-api.ts'
import { hasCredential, NO_KEY, type Probe } from './probe.ts'

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
  keyHeaders: bearer,
  async run(test) {
    if (!hasCredential(test)) return notTestable(NO_KEY)
    const { credential, isVendorHost, modelsTarget, scrubber } = test
    const base = withVersion(test.base, 'v1')
    // An admin key manages an organization and is refused by /models, though it is valid.
    const isAdminKey = isVendorHost && credential.kind === 'apiKey' && credential.apiKey.reveal().startsWith('sk-admin-')
    return isAdminKey
      ? test.tryKey({
          request: get(under(base, 'organization/admin_api_keys', { limit: '1' })),
          judge: judgeAdminKey,
          needsControl: false,
        })
      : test.tryKey({
          request: get(modelsTarget ?? under(base, 'models')),
          judge: (response) => judgeList(response, scrubber),
          needsControl: !isVendorHost || modelsTarget !== null,
        })
  },
}

const ADMIN_KEY = 'It is an admin key, which manages the organization and cannot call models. Use a project key.'

function judgeAdminKey(response: UpstreamResponse): Judgement {
  return judgeResponse(response) ?? refusal('PERMISSION', response, ADMIN_KEY)
}
