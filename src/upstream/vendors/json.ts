/** Narrows parsed JSON to an object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value under a path of names and indexes; undefined where the path breaks off. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((current, step) => {
    if (typeof step === 'number') return Array.isArray(current) ? current[step] : undefined
    return isRecord(current) && Object.hasOwn(current, step) ? current[step] : undefined
  }, value)
}

/** The text under a path; empty when there is none. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : ''
}

/** Where vendors put the text of an error. */
const ERROR_PATHS: readonly (readonly (string | number)[])[] = [
  ['error', 'message'],
  ['error'],
  ['message'],
  ['Message'],
  ['detail'],
  ['detail', 'message'],
  ['detail', 0, 'msg'],
  ['errors', 0, 'message'],
  ['error_description'],
  [0, 'error', 'message'],
]

/** The upstream's own error text, from the first known field that has one; empty when none has. Not scrubbed. */
export function errorText(json: unknown): string {
  return ERROR_PATHS.map((path) => textAt(json, ...path)).find((text) => text !== '') ?? ''
}

/** Whether an answer looks like an API's error rather than some web server's page. */
export function isApiError(json: unknown): boolean {
  return errorText(json) !== '' || isRecord(at(json, 'error'))
}
