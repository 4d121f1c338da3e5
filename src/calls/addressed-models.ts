import type { CallScope } from '../auth/call-scope.ts'
import { percentDecoded } from '../read-url.ts'
import type { Target } from '../upstream/client/target.ts'
import { modelNotAllowed, requireModelInScope } from './call-permission.ts'

/**
 * Models that stand in a path: Google's and Vertex AI's, Bedrock's, deployments such as Azure's, Cloudflare's, and one model of a
 * list. Servers read the words between in any case.
 */
const IN_PATH = [
  /\/models\/([^/]+):[A-Za-z]+$/i,
  /\/model\/([^/]+)\/[a-z-]+$/i,
  /\/deployments\/([^/]+)\/./i,
  /\/ai\/run\/(.+)$/i,
  /\/models\/([^:]+)$/i,
]
/** Parameters that name it, e.g. Deepgram's. */
const IN_QUERY: ReadonlySet<string> = new Set(['model', 'model_id', 'model-id'])

/** Every model that a path at the vendor names: more than one where it can be read in more than one way; null for a name that cannot be decoded. */
export function modelsInPath(path: string): (string | null)[] {
  const plain = withoutNeedlessEscapes(path)
  return IN_PATH.flatMap((pattern) => pattern.exec(plain)?.[1] ?? []).map(percentDecoded)
}

/** Every model that a URL at the vendor names, in its query too; null for a name that cannot be decoded. */
export function modelsInUrl({ path, query }: Pick<Target, 'path' | 'query'>): (string | null)[] {
  const inQuery = [...new URLSearchParams(query)].flatMap(([name, value]) => (IN_QUERY.has(name.toLowerCase()) ? [value] : []))
  return [...modelsInPath(path), ...inQuery]
}

/**
 * Whether a token may call what a request really goes to: a base URL, or a key's own endpoint, can name a model that the
 * vendor takes in place of the body's.
 * @param isInPath whether it was a path that named the model which was checked before; then this one must name it, too.
 * @throws CallError `model_not_allowed`.
 */
export function requireAddressedInScope(scope: CallScope, url: Pick<Target, 'path' | 'query'>, isInPath: boolean): void {
  if (scope.models === null) return
  if (isInPath && modelsInPath(url.path).length === 0) throw modelNotAllowed()
  for (const model of modelsInUrl(url)) {
    if (model === null) throw modelNotAllowed()
    requireModelInScope(scope, model)
  }
}

/** Letters that are written as escapes are the same letters. Others, such as an encoded slash, stand for something else. */
function withoutNeedlessEscapes(path: string): string {
  return path.replace(/%(?:[46][1-9a-f]|[57][0-9a]|3[0-9]|2d|2e|5f|7e)/gi, decodeURIComponent)
}
