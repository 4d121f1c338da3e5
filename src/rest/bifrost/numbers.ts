import type { StoredSettings } from './wire-provider.ts'

/** What the runtime of Bifrost takes for a number that is not set, and the most that the gateway takes (Bifrost contract, section 2.1). */
const DEFAULTS = { timeoutMs: 300_000, initialMs: 500, maxMs: 5_000 }
const MOST = { timeoutMs: 600_000, retries: 10 }

export type Numbers = NonNullable<StoredSettings['network_config']>

/** What the numbers of a network block come to for the gateway's own calls. Zero is not set. */
export function effectiveNumbers(block: Numbers) {
  const seconds = block.default_request_timeout_in_seconds ?? 0
  const [initial, longest] = [block.retry_backoff_initial ?? 0, block.retry_backoff_max ?? 0]
  return {
    timeoutMs: seconds === 0 ? DEFAULTS.timeoutMs : Math.min(seconds * 1_000, MOST.timeoutMs),
    maxRetries: Math.min(block.max_retries ?? 0, MOST.retries),
    retryBackoffInitialMs: initial || (longest === 0 ? DEFAULTS.initialMs : Math.min(DEFAULTS.initialMs, longest)),
    retryBackoffMaxMs: longest || Math.max(DEFAULTS.maxMs, initial),
  }
}
