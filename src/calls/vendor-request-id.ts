import { showsNone } from './shows-none.ts'

/** Where vendors say by which id they know a request. */
const NAMES: ReadonlySet<string> = new Set([
  ...['x-request-id', 'request-id', 'apim-request-id', 'x-amzn-requestid', 'x-ms-request-id', 'x-goog-request-id'],
])
/** What is no id of this form is not kept: whoever answers may write anything there. */
const ID = /^[\w.:=+/-]{1,100}$/

/**
 * By which the vendor finds the call in its own logs; null when it does not say.
 * @param headers name and value in turns. @param secrets what was sent: an endpoint may write it back.
 */
export function vendorRequestId(headers: readonly string[], secrets: readonly string[]): string | null {
  for (let index = 0; index < headers.length; index += 2) {
    if (!NAMES.has(headers[index]?.toLowerCase() ?? '')) continue
    const id = headers[index + 1] ?? ''
    if (ID.test(id) && showsNone(id, secrets)) return id
  }
  return null
}
