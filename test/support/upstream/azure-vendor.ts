import type { RecordedAnswer, RecordedRequest } from './recorder.ts'
import { bearerKey, type VendorOptions, type VendorShapes } from './vendor-shapes.ts'

const error = (status: number, code: string, message: string): RecordedAnswer => ({ status, body: { error: { code, message } } })

const keyOf = (request: RecordedRequest) => request.headers['api-key'] ?? bearerKey(request)

/** Azure OpenAI's shapes; the one deployment is named `gpt`. */
export const azureShapes: VendorShapes = {
  basePath: '',
  keyOf,
  answer(request, options, isGoodKey) {
    if (options.situation !== 'acceptsAnyKey' && !isGoodKey) return error(401, '401', ACCESS_DENIED)
    if (options.situation === 'noPermission') {
      return error(403, 'AccessDenied', 'Public access is disabled. Please configure private endpoint.')
    }
    return azureRoutes(request, options)
  },
}

function azureRoutes(request: RecordedRequest, { models }: VendorOptions): RecordedAnswer {
  const url = new URL(request.path, 'http://vendor')
  const isVersioned = url.searchParams.has('api-version')
  const data = models.map((id) => ({ id, object: 'model', status: 'succeeded', capabilities: { chat_completion: true } }))
  if (url.pathname === '/openai/v1/models' && !isVersioned) return { status: 200, body: { object: 'list', data } }
  if (url.pathname === '/openai/models' && isVersioned) return { status: 200, body: { object: 'list', data } }
  const deployment = /^\/openai\/deployments\/([^/]+)\/chat\/completions$/.exec(url.pathname)?.[1]
  if (deployment === 'gpt' && isVersioned)
    return error(400, 'empty_array', "Invalid 'messages': empty array. Expected an array with minimum length 1.")
  if (deployment !== undefined) return error(404, 'DeploymentNotFound', 'The API deployment for this resource does not exist.')
  return error(404, '404', 'Resource not found')
}

const ACCESS_DENIED =
  'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.'
