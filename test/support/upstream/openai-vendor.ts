import type { RecordedAnswer } from './recorder.ts'
import { bearerKey, type VendorOptions, type VendorShapes } from './vendor-shapes.ts'

const error = (status: number, message: string, type: string, code: string | null): RecordedAnswer => ({
  status,
  body: { error: { message, type, param: null, code } },
})

/** OpenAI's shapes; they serve for everything that copies it. Its refusal repeats a part of the key, as the real one does. */
export const openaiShapes: VendorShapes = {
  basePath: '/v1',
  keyOf: bearerKey,
  answer(request, options, isGoodKey) {
    const key = bearerKey(request)
    if (options.situation !== 'acceptsAnyKey' && key === null) return error(401, MISSING, 'invalid_request_error', null)
    if (options.situation !== 'acceptsAnyKey' && !isGoodKey) return incorrectKey(key ?? '')
    switch (options.situation) {
      case 'noPermission':
        return error(
          403,
          'You have insufficient permissions for this operation. Missing scopes: api.model.read.',
          'invalid_request_error',
          null,
        )
      case 'noCredit':
        return error(402, 'Your account has no credit left.', 'insufficient_credit', null)
      default:
        return openaiRoutes(request.method, request.path, options)
    }
  },
}

function openaiRoutes(method: string, path: string, { models, situation }: VendorOptions): RecordedAnswer {
  const route = new URL(path, 'http://vendor').pathname
  if (method === 'GET' && route === '/v1/models' && situation !== 'noList') {
    return {
      status: 200,
      body: { object: 'list', data: models.map((id) => ({ id, object: 'model', created: 1686935002, owned_by: 'openai' })) },
    }
  }
  if (method === 'POST' && route === '/v1/chat/completions') {
    return error(
      404,
      'The model `connection-test-no-such-model` does not exist or you do not have access to it.',
      'invalid_request_error',
      'model_not_found',
    )
  }
  if (method === 'GET' && route === '/v1/organization/admin_api_keys')
    return { status: 200, body: { object: 'list', data: [], has_more: false } }
  return error(404, `Invalid URL (${method} ${route})`, 'invalid_request_error', null)
}

const MISSING = "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth."

function incorrectKey(key: string): RecordedAnswer {
  const masked = key.length < 12 ? key : `${key.slice(0, 8)}${'*'.repeat(key.length - 12)}${key.slice(-4)}`
  const message = `Incorrect API key provided: ${masked}. You can find your API key at https://platform.openai.com/account/api-keys.`
  return error(401, message, 'invalid_request_error', 'invalid_api_key')
}
