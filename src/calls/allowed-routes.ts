import type { ProviderType } from '../upstream/vendors/provider-type.ts'
import { isVersion, type JoinedPath, speaksOpenAi } from './join-path.ts'
import { isNativeRoute } from './native-routes.ts'
import { isListed, NEVER_PASSED, type RoutePattern } from './route-pattern.ts'

export interface RouteRequest {
  readonly type: ProviderType
  readonly vendorPreset: string | null
  readonly basePath: string
  /** HEAD counts as GET. */
  readonly method: string
  readonly joined: JoinedPath
}

/** `*` stands for one segment, `**` for one or more. */
const OPENAI: readonly RoutePattern[] = [
  ['POST', 'chat/completions'],
  ['POST', 'completions'],
  ['POST', 'responses'],
  ['POST', 'responses/compact'],
  ['POST', 'responses/input_tokens'],
  ['POST', 'responses/*/cancel'],
  ['GET', 'responses/*'],
  ['GET', 'responses/*/input_items'],
  ['DELETE', 'responses/*'],
  ['POST', 'conversations'],
  ['POST', 'conversations/*'],
  ['GET', 'conversations/*'],
  ['DELETE', 'conversations/*'],
  ['POST', 'conversations/*/items'],
  ['GET', 'conversations/*/items'],
  ['GET', 'conversations/*/items/*'],
  ['DELETE', 'conversations/*/items/*'],
  ['POST', 'embeddings'],
  ['POST', 'moderations'],
  ['POST', 'images/generations'],
  ['POST', 'images/edits'],
  ['POST', 'images/variations'],
  ['POST', 'audio/speech'],
  ['POST', 'audio/transcriptions'],
  ['POST', 'audio/translations'],
  ['POST', 'rerank'],
  ['POST', 'messages'],
  ['POST', 'messages/count_tokens'],
  ['GET', 'models'],
  ['GET', 'models/**'],
]

/** Besides, Mistral's models have tasks of their own. */
const OPENAI_COMPAT: readonly RoutePattern[] = [
  ...OPENAI,
  ['POST', 'fim/completions'],
  ['POST', 'agents/completions'],
  ['POST', 'chat/moderations'],
  ['POST', 'chat/classifications'],
  ['POST', 'classifications'],
  ['POST', 'ocr'],
]

const OPENROUTER: readonly RoutePattern[] = [...OPENAI, ['POST', 'images']]

const ANTHROPIC: readonly RoutePattern[] = [
  ['POST', 'messages'],
  ['POST', 'messages/count_tokens'],
  ['POST', 'complete'],
  ['POST', 'chat/completions'],
  ['GET', 'models'],
  ['GET', 'models/*'],
]

const GOOGLE_METHODS = ['generateContent', 'streamGenerateContent', 'countTokens', 'embedContent', 'batchEmbedContents', 'predict']
/** Of Vertex AI: models of other makers are called by these. */
const VERTEX_METHODS = [...GOOGLE_METHODS, 'rawPredict', 'streamRawPredict', 'serverStreamingPredict', 'computeTokens']

const GOOGLE: readonly RoutePattern[] = [
  ['GET', 'models'],
  ['GET', 'models/*'],
  ['GET', 'publishers/*/models'],
  ['GET', 'publishers/*/models/*'],
  ['POST', 'interactions'],
  ['POST', 'interactions/*/cancel'],
  ['GET', 'interactions/*'],
  ['DELETE', 'interactions/*'],
  ...GOOGLE_METHODS.map((method): RoutePattern => ['POST', `models/*:${method}`]),
  ...VERTEX_METHODS.map((method): RoutePattern => ['POST', `publishers/*/models/*:${method}`]),
  ...VERTEX_METHODS.map((method): RoutePattern => ['POST', `projects/*/locations/*/publishers/*/models/*:${method}`]),
]

const BEDROCK: readonly RoutePattern[] = ['converse', 'converse-stream', 'invoke', 'invoke-with-response-stream', 'count-tokens'].map(
  (action) => ['POST', `model/*/${action}`],
)

const VERCEL: readonly RoutePattern[] = [...OPENAI, ['POST', 'ai/**'], ['GET', 'ai/**']]

/** Whether a call may pass when the provider allows the standard routes: stored keys may also open what nobody should reach through here. */
export function isAllowedRoute(request: RouteRequest): boolean {
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const { type, joined } = request
  switch (type) {
    case 'COPILOT':
      return true
    case 'ANTHROPIC':
      return isListed(ANTHROPIC, method, withoutVersion(joined))
    case 'BEDROCK':
      return isListed(BEDROCK, method, joined.route) || isListed(OPENAI, method, withoutVersion(joined))
    case 'AZURE':
      return isAzureRoute(joined, method)
    case 'GOOGLE':
      if (speaksOpenAi(type, request.basePath)) return isListed(OPENAI, method, withoutVersion(joined))
      return isListed(GOOGLE, method, withoutVersion(joined)) || isOpenAiMode(joined, method)
    case 'VERCEL':
      return isListed(VERCEL, method, withoutVersion(joined))
    case 'OPENAI':
      return isListed(OPENAI, method, withoutVersion(joined))
    case 'OPENROUTER':
      return isListed(OPENROUTER, method, withoutVersion(joined))
    case 'OPENAI_COMPAT':
      return isListed(OPENAI_COMPAT, method, withoutVersion(joined)) || isNativeRoute(request.vendorPreset, method, joined)
  }
}

/**
 * The caller's part of the path behind a version. What stands before the version is where a vendor mounts its API
 * (`openai/v1`, `api/v1`), and may be no route that is never passed.
 */
function withoutVersion({ route }: JoinedPath): readonly string[] {
  const at = route.findIndex(isVersion)
  if (at === -1 || at > 2 || route.slice(0, at).some((segment) => NEVER_PASSED.has(segment.toLowerCase()))) return route
  return route.slice(at + 1)
}

/** `…/openai/{OpenAI's route}`, with or without a version on either side, wherever the base URL ends. */
function isOpenAiMode({ base, route }: JoinedPath, method: string): boolean {
  const whole = [...base, ...route]
  const at = whole.lastIndexOf('openai')
  if (at === -1 || at > base.length + 1) return false
  const behind = whole.slice(at + 1)
  return isListed(OPENAI, method, isVersion(behind[0]) ? behind.slice(1) : behind)
}

function isAzureRoute({ base, route }: JoinedPath, method: string): boolean {
  const whole = [...base, ...route]
  const at = whole.indexOf('openai')
  if (at === -1) return false
  const behind = whole.slice(at + 1)
  if (isVersion(behind[0])) return isListed(OPENAI, method, behind.slice(1))
  return behind[0] === 'deployments' ? isListed(OPENAI, method, behind.slice(2)) : isListed(OPENAI, method, behind)
}
