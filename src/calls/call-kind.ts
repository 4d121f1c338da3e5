/** What a call asks for, in the words of `ModelCall.kind`. */
export type CallKind =
  | 'CHAT'
  | 'COMPLETIONS'
  | 'RESPONSES'
  | 'MESSAGES'
  | 'GENERATE_CONTENT'
  | 'CONVERSE'
  | 'EMBEDDINGS'
  | 'IMAGES'
  | 'AUDIO'
  | 'MODELS'
  | 'COUNT_TOKENS'
  | 'OTHER'

const KINDS: readonly (readonly [RegExp, CallKind])[] = [
  [/(?:\/count_tokens|\/count-tokens|:countTokens|:computeTokens)$/, 'COUNT_TOKENS'],
  [/\/chat\/completions$|\/v2\/chat$|\/ai\/language-model$/, 'CHAT'],
  [/\/completions$|\/complete$/, 'COMPLETIONS'],
  [/\/responses(?:\/|$)/, 'RESPONSES'],
  [/\/messages$/, 'MESSAGES'],
  [/:(?:generateContent|streamGenerateContent)$/, 'GENERATE_CONTENT'],
  [/\/model\/[^/]+\/(?:converse|invoke)[a-z-]*$/, 'CONVERSE'],
  [/\/embeddings$|\/embed$|:(?:embedContent|batchEmbedContents)$|\/ai\/embedding-model$/, 'EMBEDDINGS'],
  [/\/images(?:\/|$)/, 'IMAGES'],
  [/\/audio\/|\/text-to-speech\/|\/listen$|\/speak$/, 'AUDIO'],
  [/\/models(?:\/[^:]*)?$/, 'MODELS'],
]

/** @param path at the vendor, without its query. */
export function kindOf(path: string): CallKind {
  return KINDS.find(([pattern]) => pattern.test(path))?.[1] ?? 'OTHER'
}
