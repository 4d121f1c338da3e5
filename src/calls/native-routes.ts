import type { JoinedPath } from './join-path.ts'
import { isListed, NEVER_PASSED, type RoutePattern } from './route-pattern.ts'

/** What a local server does besides answering prompts can delete its models. */
const OLLAMA: readonly RoutePattern[] = [
  ...['chat', 'generate', 'embed', 'embeddings', 'show'].map((action): RoutePattern => ['POST', `api/${action}`]),
  ...['tags', 'ps', 'version'].map((action): RoutePattern => ['GET', `api/${action}`]),
]

const ANYTHING: readonly RoutePattern[] = [
  ['GET', '**'],
  ['POST', '**'],
]

/** Vendors whose APIs have more than OpenAI's routes: what passes there besides, unless it manages an account. */
const NATIVE: ReadonlyMap<string, readonly RoutePattern[]> = new Map([
  ...['assemblyai', 'cohere', 'deepgram', 'elevenlabs', 'huggingface', 'jina', 'minimax', 'replicate', 'runway', 'sarvam', 'voyage'].map(
    (preset) => [preset, ANYTHING] as const,
  ),
  ['ollama', OLLAMA],
  ['ollama-cloud', OLLAMA],
])

/** Cloudflare serves models and everything else that an account has side by side. */
const CLOUDFLARE: readonly RoutePattern[] = [
  ['POST', 'ai/**'],
  ['GET', 'ai/models/**'],
]

/** Whether a call is one of the vendor's own API, beside OpenAI's. */
export function isNativeRoute(preset: string | null, method: string, { base, route }: JoinedPath): boolean {
  if (preset === null) return false
  if (preset === 'cloudflare') return isListed(CLOUDFLARE, method, behindAccount([...base, ...route]))
  const patterns = NATIVE.get(preset)
  if (patterns === undefined || route.some((segment) => NEVER_PASSED.has(plain(segment)))) return false
  return isListed(patterns, method, route)
}

/** Behind `accounts/{id}`; nothing when the path names no account. */
function behindAccount(path: readonly string[]): readonly string[] {
  const at = path.indexOf('accounts')
  return at === -1 ? [] : path.slice(at + 2)
}

/** A word as the vendor reads it, however it is spelled. */
function plain(segment: string): string {
  return decodeURIComponent(segment).toLowerCase()
}
