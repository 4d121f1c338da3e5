import type { RecordedAnswer, RecordedRequest } from './recorder.ts'
import { bearerKey, type VendorShapes } from './vendor-shapes.ts'

const error = (code: number, status: string, message: string, reason: string): RecordedAnswer => ({
  status: code,
  body: {
    error: {
      code,
      message,
      status,
      details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com' }],
    },
  },
})

const keyOf = (request: RecordedRequest) => request.headers['x-goog-api-key'] ?? bearerKey(request)

/** Google's shapes: a wrong key is a 400, and the OpenAI mode wraps its errors in an array. */
export const googleShapes: VendorShapes = {
  basePath: '',
  keyOf,
  answer(request, options, isGoodKey) {
    const route = new URL(request.path, 'http://vendor').pathname
    const isOpenAiMode = route.startsWith('/v1beta/openai/')
    const answer = judged(route, options.situation, isGoodKey) ?? listing(route, options.models, isOpenAiMode)
    return isOpenAiMode && answer.status >= 400 ? { ...answer, body: [answer.body] } : answer
  },
}

function judged(route: string, situation: string, isGoodKey: boolean): RecordedAnswer | null {
  if (situation !== 'acceptsAnyKey' && !isGoodKey) {
    return error(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', 'API_KEY_INVALID')
  }
  switch (situation) {
    case 'noPermission':
      return error(
        403,
        'PERMISSION_DENIED',
        'Generative Language API has not been used in project 123 before or it is disabled.',
        'SERVICE_DISABLED',
      )
    case 'restrictedKey':
      return error(403, 'PERMISSION_DENIED', 'Requests from this client IP address are blocked.', 'API_KEY_IP_ADDRESS_BLOCKED')
    case 'disabledKey':
      return error(403, 'PERMISSION_DENIED', 'Your API key was reported as leaked. Please use another API key.', '')
    case 'wrongRegion':
      return error(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.', '')
    default:
      return route.endsWith(':countTokens') ? { status: 200, body: { totalTokens: 1, promptTokensDetails: [] } } : null
  }
}

function listing(route: string, models: readonly string[], isOpenAiMode: boolean): RecordedAnswer {
  if (isOpenAiMode && route === '/v1beta/openai/models') {
    return {
      status: 200,
      body: { object: 'list', data: models.map((id) => ({ id: `models/${id}`, object: 'model', owned_by: 'google' })) },
    }
  }
  if (route === '/v1beta/models' || route === '/v1/models') {
    return { status: 200, body: { models: models.map((id) => ({ name: `models/${id}`, version: '001', displayName: id })) } }
  }
  return error(404, 'NOT_FOUND', 'Requested entity was not found.', '')
}
