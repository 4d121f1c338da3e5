import type { RecordedAnswer } from './recorder.ts'
import { bearerKey, type VendorOptions, type VendorShapes } from './vendor-shapes.ts'

const openRouterError = (code: number, message: string): RecordedAnswer => ({ status: code, body: { error: { message, code } } })

function publicList({ models }: VendorOptions): RecordedAnswer {
  return { status: 200, body: { data: models.map((id) => ({ id, name: id, context_length: 128000 })) } }
}

/** OpenRouter's shapes: anyone may read the list, so `GET /key` alone judges keys. */
export const openrouterShapes: VendorShapes = {
  basePath: '/api/v1',
  keyOf: bearerKey,
  answer(request, options, isGoodKey) {
    if (request.path === '/api/v1/models') return publicList(options)
    if (request.path !== '/api/v1/key') return openRouterError(404, 'Not Found')
    if (options.situation !== 'acceptsAnyKey' && !isGoodKey) return openRouterError(401, 'User not found.')
    if (options.situation === 'noCredit')
      return openRouterError(402, 'Insufficient credits. Add more using https://openrouter.ai/settings/credits')
    const key = {
      label: 'sk-or-v1-abc...123',
      usage: 0.5,
      limit: 10,
      is_free_tier: false,
      is_provisioning_key: options.situation === 'noPermission',
    }
    return { status: 200, body: { data: { ...key, limit_remaining: options.situation === 'spentLimit' ? 0 : 9.5 } } }
  },
}

/** Vercel's shapes: anyone may read the list, so `GET /credits` alone judges keys. */
export const vercelShapes: VendorShapes = {
  basePath: '/v1',
  keyOf: bearerKey,
  answer(request, options, isGoodKey) {
    if (request.path === '/v1/models') return publicList(options)
    if (request.path !== '/v1/credits') return { status: 404, body: { error: { message: 'Not found', type: 'not_found' } } }
    if (options.situation !== 'acceptsAnyKey' && !isGoodKey) {
      return { status: 401, body: { error: { message: 'Unauthenticated. Authentication failed.', type: 'authentication_error' } } }
    }
    if (options.situation === 'noCredit') {
      const message = 'AI Gateway requires a valid credit card on file to service requests.'
      return { status: 403, body: { error: { message, type: 'customer_verification_required' } } }
    }
    if (options.situation === 'noPermission') return { status: 403, body: { error: { message: 'Forbidden', type: 'forbidden' } } }
    return { status: 200, body: { balance: '95.50', total_used: '4.50' } }
  },
}
