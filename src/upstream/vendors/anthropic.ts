import type { Answer } from '../client/messages.ts'
import type { Verdict } from './connection-status.ts'
import { under, withVersion } from './endpoint-url.ts'
import { errorText, textAt } from './json.ts'
import { readModelNames } from './model-list.ts'
import { get, postJson } from './openai-api.ts'
import type { Probe, ProbeTest } from './probe.ts'
import { judgeStatus, keyRefused, keyWorks, lacksCredit, lacksPermission, notTestable, type Wording, wrongShape } from './verdict.ts'

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
  async run(test) {
    if (test.credential.kind !== 'apiKey') return notTestable('No API key is stored for this provider. Add one to test it.')
    const key = test.credential.apiKey.reveal()
    const base = withVersion(test.base, 'v1')
    const needsControl = !test.isVendorHost
    const listing = await test.tryKey(key, {
      request: (candidate) => get(under(base, 'models', { limit: '1000' }), authentication(candidate)),
      judge: (answer) => judgeList(answer, test),
      needsControl,
    })
    if (listing.status !== 'NOT_FOUND') return listing
    // Relays in front of Claude often have no list; one message that cannot run shows whether they take the key.
    return test.tryRefusedCall(key, {
      request: (candidate) => postJson(under(base, 'messages'), authentication(candidate), IMPOSSIBLE_MESSAGE),
      judgeRefusal: (answer) => judgeRefusal(answer, test),
      listing,
    })
  },
}

/** A message without content to a model that does not exist: refused, and free, wherever it lands. */
const IMPOSSIBLE_MESSAGE = { model: 'connection-test-no-such-model', max_tokens: 1, messages: [] }

function authentication(key: string): Readonly<Record<string, string>> {
  const version = { 'anthropic-version': '2023-06-01' }
  // A token of a subscription login goes where OAuth tokens go.
  return key.startsWith('sk-ant-oat')
    ? { ...version, authorization: `Bearer ${key}`, 'anthropic-beta': 'oauth-2025-04-20' }
    : { ...version, 'x-api-key': key }
}

function judgeList(answer: Answer, test: ProbeTest): Verdict {
  // Anthropic's own 404 names its error type; any other 404 comes from a server without this route.
  const isDisabledKey = answer.httpStatus === 404 && (test.isVendorHost || textAt(answer.json, 'error', 'type') === 'not_found_error')
  if (isDisabledKey) return keyRefused(answer, test, 'This answer stands for a key that was disabled.')
  const refusal = judgeRefusal(answer, test)
  if (refusal) return refusal
  const models = readModelNames(answer.json, test.scrubber)
  return models === null ? wrongShape(answer) : keyWorks(answer.httpStatus, models)
}

function judgeRefusal(answer: Answer, wording: Wording): Verdict | null {
  const text = errorText(answer.json)
  if (answer.httpStatus === 400 && /credit balance is too low/i.test(text)) return lacksCredit(answer, wording)
  if (answer.httpStatus === 400 && /not scoped to a workspace/i.test(text)) {
    return lacksPermission(answer, wording, 'It belongs to no workspace. Create a key inside a workspace.')
  }
  return judgeStatus(answer, wording)
}
