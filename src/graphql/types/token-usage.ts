import type { TokenUsage as TokenUsageOf } from '../../usage/token-usage.ts'
import { builder } from '../builder.ts'

export const TokenUsage = builder.objectRef<TokenUsageOf>('TokenUsage').implement({
  description: 'Tokens, as the vendor has counted them. Requires the role `caller`.',
  authScopes: { caller: true },
  fields: (t) => ({
    inputTokens: t.exposeFloat('inputTokens', { description: 'All input, from a cache too.' }),
    cachedInputTokens: t.exposeFloat('cachedInputTokens', { description: 'The part of the input that was read from a cache.' }),
    cacheWriteTokens: t.exposeFloat('cacheWriteTokens', { description: 'The part of the input that was written to a cache.' }),
    outputTokens: t.exposeFloat('outputTokens', { description: 'All output, reasoning included.' }),
    reasoningTokens: t.exposeFloat('reasoningTokens', { description: 'The part of the output that was reasoning.' }),
  }),
})
