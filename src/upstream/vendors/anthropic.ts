import type { UpstreamResponse } from '../client/messages.ts'
import { under, withVersion } from './base-url.ts'
import { textAt } from './json.ts'
import { type Judgement, notTestable, refusal } from './judgement.ts'
import { bearer, get, judgeList, postJson } from './openai-api.ts'
import { hasCredential, mayHaveNoList, NO_KEY, type Probe, type ProbeTest } from './probe.ts'

/** Anthropic: `GET /v1/models` is free. A 404 on it is how a disabled key is answered. */
export const anthropic: Probe = {
  info: {
    type: 'ANTHROPIC',
    displayName: 'Anthropic',
    defaultBaseUrl: 'https://api.anthropic.com',
    acceptsApiKeys: true,
    documentationUrl: 'https://docs.anthropic.com/en/api',
    keyPageUrl: 'https://console.anthropic.com/settings/keys',
  },
  vendorHost: /^api\.anthropic\.com$/,
  defaultHeaders: { 'anthropic-version': '2023-06-01' },
  // A token of a subscription login goes where OAuth tokens go.
  keyHeaders: (key) => (key.startsWith('sk-ant-oat') ? { ...bearer(key), 'anthropic-beta': 'oauth-2025-04-20' } : { 'x-api-key': key }),
  async run(test) {
    if (!hasCredential(test)) return notTestable(NO_KEY)
    const base = withVersion(test.base, 'v1')
    const listing = await test.tryKey({
      request: get(test.modelsTarget ?? under(base, 'models', { limit: '1000' })),
      judge: (response) => judgeModels(response, test),
      needsControl: !test.isVendorHost || test.modelsTarget !== null,
    })
    if (test.isVendorHost || !mayHaveNoList(listing)) return listing
    // Relays in front of Claude often have no list, or keep it for others; one message that cannot run shows whether they take the key.
    return test.tryRefusedCall({ request: postJson(under(base, 'messages'), IMPOSSIBLE_MESSAGE), listing })
  },
}

/** A message without content to a model that does not exist: refused, and free, wherever it lands. */
const IMPOSSIBLE_MESSAGE = { model: 'connection-test-no-such-model', max_tokens: 1, messages: [] }

function judgeModels(response: UpstreamResponse, test: ProbeTest): Judgement {
  // Anthropic's own 404 names its error type; any other 404 comes from a server without this route.
  const isDisabledKey = response.httpStatus === 404 && textAt(response.json, 'error', 'type') === 'not_found_error'
  return isDisabledKey ? refusal('KEY', response, 'This answer stands for a key that was disabled.') : judgeList(response, test.scrubber)
}
