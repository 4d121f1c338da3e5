import { at, isRecord, textAt } from '../upstream/vendors/json.ts'

export interface WaitSource {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly json: unknown
}

/**
 * How long a vendor asks to wait, in milliseconds: `retry-after-ms`, `retry-after` (seconds or a date), or Google's
 * `RetryInfo`; null when it does not say.
 * @param now milliseconds since 1970.
 */
export function retryAfterMs({ headers, json }: WaitSource, now: number): number | null {
  return milliseconds(headers['retry-after-ms']) ?? afterSecondsOrDate(headers['retry-after'], now) ?? afterRetryInfo(json)
}

function milliseconds(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,10}(?:\.\d+)?$/.test(text.trim()) ? Number(text) : null
}

function afterSecondsOrDate(text: string | undefined, now: number): number | null {
  if (text === undefined) return null
  const seconds = /^\d{1,8}(?:\.\d+)?$/.test(text.trim()) ? Number(text) : null
  if (seconds !== null) return seconds * 1_000
  const date = Date.parse(text)
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}

/** Google: the details of an error; the OpenAI mode wraps it in an array. */
export function detailsOf(json: unknown): readonly unknown[] {
  const details = at(json, 'error', 'details') ?? at(json, 0, 'error', 'details')
  return Array.isArray(details) ? details : []
}

/** `"retryDelay": "17.5s"` among the details. */
function afterRetryInfo(json: unknown): number | null {
  const info = detailsOf(json).find((detail) => isRecord(detail) && textAt(detail, '@type').endsWith('google.rpc.RetryInfo'))
  const [, seconds] = /^(\d{1,8}(?:\.\d+)?)s$/.exec(textAt(info, 'retryDelay')) ?? []
  return seconds === undefined ? null : Number(seconds) * 1_000
}
