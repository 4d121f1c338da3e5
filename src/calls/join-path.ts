import type { ProviderType } from '../upstream/vendors/provider-type.ts'

/** Where a call goes at its vendor. */
export interface JoinRequest {
  readonly type: ProviderType
  /** The vendor whose defaults apply; null for none. */
  readonly vendorPreset: string | null
  /** The path of the provider's base URL. */
  readonly basePath: string
  /** What follows the provider's name in the request, byte for byte. */
  readonly rest: string
  /** Whether the caller or the base URL names an `api-version` (Azure). */
  readonly hasApiVersion: boolean
}

/** A path at the vendor, split where the caller's part begins. */
export interface JoinedPath {
  readonly path: string
  /** The segments that the operator chose. */
  readonly base: readonly string[]
  /** The segments that the caller chose. */
  readonly route: readonly string[]
}

/** Types whose clients all begin with `/v1`, whatever the vendor calls its version. */
const OPENAI_FORMAT: ReadonlySet<ProviderType> = new Set(['OPENAI', 'OPENAI_COMPAT', 'OPENROUTER', 'VERCEL'])
const VERSION = /^v\d+[a-z0-9]*$/
/** Routes that OpenAI's and Anthropic's clients append to a base which ends in a version. */
const BARE_ROUTES: ReadonlySet<string> = new Set([
  ...['audio', 'chat', 'completions', 'conversations', 'embeddings', 'images'],
  ...['messages', 'models', 'moderations', 'rerank', 'responses'],
])

export function isVersion(segment: string | undefined): boolean {
  return segment !== undefined && VERSION.test(segment)
}

/** Whether a path names a version right behind another one. */
export function hasVersionTwice(rest: string): boolean {
  const segments = rest.split('/', 4)
  return segments.some((segment, index) => isVersion(segment) && isVersion(segments[index + 1]))
}

/** Whether the type's own routes are those of OpenAI. A Google base that ends in `/openai` is Google's OpenAI mode. */
export function speaksOpenAi(type: ProviderType, basePath: string): boolean {
  return OPENAI_FORMAT.has(type) || (type === 'GOOGLE' && segmentsOf(basePath).at(-1) === 'openai')
}

/**
 * Joins the path of a base URL and the path that a client appended to its own base URL, so that what both name is there
 * once. Works on strings alone: a URL parser would resolve encoded dots. `rest` has passed `isSafePath`.
 * Null when the base URL pins a deployment and the caller asks for another one.
 */
export function joinPath(request: JoinRequest): JoinedPath | null {
  const base = segmentsOf(request.basePath)
  const path = request.rest.slice(1).split('/')
  const shared = sharedLength(base, path)
  if (shared > 0) return joined(base.slice(0, -shared), path, shared)
  return request.type === 'AZURE' ? joinAzure(base, path, request.hasApiVersion) : joinOther(request, base, path)
}

/** The length of the longest tail of the base that is also the head of the path, and not all of it. */
function sharedLength(base: readonly string[], path: readonly string[]): number {
  for (let length = Math.min(base.length, path.length - 1); length > 0; length -= 1) {
    if (base.slice(-length).every((segment, index) => segment === path[index])) return length
  }
  return 0
}

function joinOther({ type, vendorPreset, basePath }: JoinRequest, base: readonly string[], path: readonly string[]): JoinedPath {
  const [first = ''] = path
  const isVersioned = base.some(isVersion)
  if (type === 'GOOGLE' && isVersion(first) && base.includes(first)) return joined(base.slice(0, base.indexOf(first)), path)
  // A client's `/v1` stands for whatever version the base URL names.
  if (speaksOpenAi(type, basePath) && isVersioned && first === 'v1') return joined(base, path.slice(1))
  // Another version of the same API is the caller's choice.
  if (isVersion(first) && isVersion(base.at(-1))) return joined(base.slice(0, -1), path)
  if (isVersioned) return joined(base, path)
  return vendorPreset === 'perplexity' ? joinPerplexity(base, path) : joinUnversioned(type, base, path)
}

/** Where the base names no version, one is put between as a connection test does. */
function joinUnversioned(type: ProviderType, base: readonly string[], path: readonly string[]): JoinedPath {
  const takesVersion = OPENAI_FORMAT.has(type) || type === 'ANTHROPIC'
  return takesVersion && BARE_ROUTES.has(path[0] ?? '') ? joined([...base, 'v1'], path) : joined(base, path)
}

/** Perplexity's chat has no version in its path, unlike the rest of its API. */
function joinPerplexity(base: readonly string[], path: readonly string[]): JoinedPath {
  const [first, second] = path
  if (first === 'chat') return joined(base, path)
  return first === 'v1' && second === 'chat' ? joined(base, path.slice(1)) : joinUnversioned('OPENAI_COMPAT', base, path)
}

/** Azure has `/openai/v1/…`, and `/openai/deployments/{name}/…`, which needs an `api-version`. */
function joinAzure(base: readonly string[], path: readonly string[], hasApiVersion: boolean): JoinedPath | null {
  const at = base.indexOf('openai')
  const [first, second] = path
  if (first === 'openai') {
    if (at !== -1 && base.includes('deployments')) return null
    const resource = at === -1 ? base : base.slice(0, at)
    const isBare = BARE_ROUTES.has(second ?? '') && !hasApiVersion
    return isBare ? joined([...resource, 'openai', 'v1'], path.slice(1)) : joined(resource, path)
  }
  return first === 'v1' && at === -1 ? joined([...base, 'openai'], path) : joined(base, path)
}

/** @param shared how many of the path's first segments the base URL names too: these are the operator's. */
function joined(base: readonly string[], path: readonly string[], shared = 0): JoinedPath {
  return { path: `/${[...base, ...path].join('/')}`, base: [...base, ...path.slice(0, shared)], route: path.slice(shared) }
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '')
}
