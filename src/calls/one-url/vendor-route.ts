import type { Target } from '../../upstream/client/target.ts'
import { CallError } from '../error-codes.ts'
import { speaksOpenAi } from '../join-path.ts'
import { type AskedRoute, planRequest } from '../plan-request.ts'
import type { ProviderForCall } from '../provider-for-call.ts'
import { isMessages } from './one-url-path.ts'

/** Types with an endpoint for Anthropic's Messages API; of an OpenAI-compatible provider nobody knows. */
const TAKES_MESSAGES: ReadonlySet<ProviderForCall['type']> = new Set(['ANTHROPIC', 'COPILOT', 'OPENAI_COMPAT', 'OPENROUTER', 'VERCEL'])

/**
 * Where a call to the one base URL goes at an endpoint of a vendor: to the route for the format in which the call is written,
 * since no format is translated.
 * @throws CallError `format_not_supported`, `invalid_path`.
 */
export function planVendorRoute(provider: ProviderForCall, endpoint: Target, { method, rest, query }: AskedRoute): Target {
  refuseFormat(provider, rest)
  const vendorRest = isMessages(rest) ? rest : openAiRest(provider.type, endpoint.path, rest.slice('/v1'.length))
  try {
    return planRequest(provider, endpoint, { method, query, rest: vendorRest })
  } catch (error) {
    throw error instanceof CallError && error.code === 'route_not_supported' ? notSupported(provider, rest) : error
  }
}

/** @throws CallError `format_not_supported` when no endpoint of the provider's type takes calls of this format. */
export function refuseFormat(provider: ProviderForCall, rest: string): void {
  if (isMessages(rest) && !TAKES_MESSAGES.has(provider.type)) throw notSupported(provider, rest)
}

/** @param route behind the version. */
function openAiRest(type: ProviderForCall['type'], basePath: string, route: string): string {
  switch (type) {
    case 'GOOGLE':
      return speaksOpenAi(type, basePath) ? `/v1${route}` : `/v1beta/openai${route}`
    case 'AZURE':
      // A base URL that names a deployment has all of the path but the route.
      return basePath.includes('/deployments/') ? route : `/openai/v1${route}`
    case 'BEDROCK':
      return `/openai/v1${route}`
    case 'COPILOT':
      return route
    default:
      return `/v1${route}`
  }
}

function notSupported({ name, type }: ProviderForCall, rest: string): CallError {
  const instead = isMessages(rest)
    ? `Use /v1/chat/completions, or the provider's own API at /ai/${name}.`
    : type === 'ANTHROPIC'
      ? 'Use /v1/messages or /v1/chat/completions.'
      : `Use /v1/chat/completions, or the provider's own API at /ai/${name}.`
  return new CallError('format_not_supported', `The provider "${name}" does not support ${rest}. ${instead}`)
}
