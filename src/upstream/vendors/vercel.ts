import type { Answer } from '../client/messages.ts'
import type { Verdict } from './connection-status.ts'
import { under, withVersion } from './endpoint-url.ts'
import { errorText, isRecord } from './json.ts'
import { bearer, get } from './openai-api.ts'
import type { Probe, ProbeTest } from './probe.ts'
import { withPublicModels } from './public-models.ts'
import { judgeStatus, keyWorks, lacksCredit, notTestable, wrongShape } from './verdict.ts'

/** Vercel's AI Gateway: its list of models is open to anyone, so the key is tried on `GET /credits`, and the list is read without it. */
export const vercel: Probe = {
  info: {
    type: 'VERCEL',
    displayName: 'Vercel AI Gateway',
    defaultBaseUrl: 'https://ai-gateway.vercel.sh/v1',
    acceptsApiKeys: true,
    documentationUrl: 'https://vercel.com/docs/ai-gateway',
    keyPageUrl: 'https://vercel.com/d?to=%2F%5Bteam%5D%2F%7E%2Fai%2Fapi-keys',
  },
  vendorHost: /^ai-gateway\.vercel\.sh$/,
  async run(test) {
    if (test.credential.kind !== 'apiKey') return notTestable('No API key is stored for this provider. Add one to test it.')
    const base = withVersion(test.base, 'v1')
    const verdict = await test.tryKey(test.credential.apiKey.reveal(), {
      request: (candidate) => get(under(base, 'credits'), bearer(candidate)),
      judge: (answer) => judgeCredits(answer, test),
      needsControl: !test.isVendorHost,
    })
    return withPublicModels(test, verdict, under(base, 'models'))
  },
}

function judgeCredits(answer: Answer, test: ProbeTest): Verdict {
  if (answer.httpStatus === 403 && /valid credit card/i.test(errorText(answer.json))) return lacksCredit(answer, test)
  const refusal = judgeStatus(answer, test)
  if (refusal) return refusal
  return isRecord(answer.json) && 'balance' in answer.json ? keyWorks(answer.httpStatus, []) : wrongShape(answer)
}
