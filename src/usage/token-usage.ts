/** What a call used, in tokens. Each number is whole and not negative. */
export interface TokenUsage {
  /** All input, that from a cache included. */
  readonly inputTokens: number
  /** The part of the input that was read from a cache. */
  readonly cachedInputTokens: number
  /** The part of the input that was written to a cache. */
  readonly cacheWriteTokens: number
  /** All output, reasoning included. */
  readonly outputTokens: number
  /** The part of the output that was reasoning. */
  readonly reasoningTokens: number
}

/**
 * Where the figures of a call come from. `REPORTED`: the vendor's final figures. `PARTIAL`: its latest figures in an answer that
 * was cut off. `MISSING`: there are none.
 */
export type UsageSource = 'REPORTED' | 'PARTIAL' | 'MISSING'

/** What is known of a call's use of tokens. */
export interface ReadUsage {
  /** Null when it is `MISSING`. */
  readonly usage: TokenUsage | null
  readonly usageSource: UsageSource
}

export const NO_USAGE: ReadUsage = { usage: null, usageSource: 'MISSING' }
