import type { RecordedAnswer, RecordedRequest } from './recorder.ts'
import { bearerKey, type VendorShapes } from './vendor-shapes.ts'

const error = (status: number, type: string, message: string): RecordedAnswer => ({
  status,
  body: { type: 'error', error: { type, message }, request_id: 'req_011CSHoEeqs5C35K2UUqR7Fy' },
})

const keyOf = (request: RecordedRequest) => request.headers['x-api-key'] ?? bearerKey(request)

/** Anthropic's shapes. */
export const anthropicShapes: VendorShapes = {
  basePath: '',
  keyOf,
  answer(request, options, isGoodKey) {
    if (request.headers['anthropic-version'] === undefined) {
      return error(400, 'invalid_request_error', 'anthropic-version: header is required')
    }
    if (options.situation !== 'acceptsAnyKey' && !isGoodKey) return error(401, 'authentication_error', 'invalid x-api-key')
    const route = new URL(request.path, 'http://vendor').pathname
    switch (options.situation) {
      case 'disabledKey':
        return error(404, 'not_found_error', 'Not found')
      case 'noPermission':
        return error(403, 'permission_error', 'Your API key does not have permission to use the specified resource.')
      case 'noCredit':
        return error(
          400,
          'invalid_request_error',
          'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.',
        )
      default:
        if (request.method === 'GET' && route === '/v1/models' && options.situation !== 'noList') return modelPage(options.models)
        if (request.method === 'POST' && route === '/v1/messages') {
          return error(400, 'invalid_request_error', 'messages: at least one message is required')
        }
        return { status: 404, body: { detail: 'Not Found' } }
    }
  },
}

function modelPage(models: readonly string[]): RecordedAnswer {
  const data = models.map((id) => ({ type: 'model', id, display_name: id, created_at: '2025-02-19T00:00:00Z' }))
  return { status: 200, body: { data, has_more: false, first_id: models[0] ?? null, last_id: models.at(-1) ?? null } }
}
