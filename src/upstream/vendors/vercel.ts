import { under, withVersion } from './base-url.ts'
import { isRecord } from './json.ts'
import { notTestable } from './judgement.ts'
import { bearer, get, judgeBy } from './openai-api.ts'
import { hasCredential, NO_KEY, type Probe } from './probe.ts'
import { withPublicModels } from './public-models.ts'

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
  keyHeaders: bearer,
  async run(test) {
    if (!hasCredential(test)) return notTestable(NO_KEY)
    const base = withVersion(test.base, 'v1')
    const finding = await test.tryKey({
      request: get(under(base, 'credits')),
      judge: (response) => judgeBy(response, (json) => isRecord(json) && 'balance' in json),
      needsControl: !test.isVendorHost,
    })
    return withPublicModels(test, finding, test.modelsTarget ?? under(base, 'models'))
  },
}
