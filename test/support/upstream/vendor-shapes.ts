import type { RecordedAnswer, RecordedRequest } from './recorder.ts'

/** What an imitated vendor is told: which keys are good, which models exist, and what befalls the next requests. */
export interface VendorOptions {
  readonly goodKeys: readonly string[]
  readonly models: readonly string[]
  readonly situation: Situation
}

/**
 * `normal`: judges keys as the vendor does. `acceptsAnyKey`: its list is open to anyone. The others answer a good key, or every
 * request, with what their name says, in the vendor's own shape where it has one; `hang` never answers.
 */
export type Situation =
  | 'normal'
  | 'acceptsAnyKey'
  | 'noPermission'
  | 'restrictedKey'
  | 'spentLimit'
  | 'wrongRegion'
  | 'clockSkew'
  | 'throttled'
  | 'noCredit'
  | 'disabledKey'
  | 'rateLimited'
  | 'down'
  | 'notFound'
  | 'noList'
  | 'redirect'
  | 'html'
  | 'wrongShape'
  | 'hang'

/** An imitation of one vendor: recorded response shapes, chosen by request and situation. */
export interface VendorShapes {
  /** Appended to the server's origin to make the base URL that the vendor documents. */
  readonly basePath: string
  /** The key in a request; null when it carries none. */
  keyOf(request: RecordedRequest): string | null
  /** The vendor's own answer in the situations that it words itself; null leaves the answer to the common ones. */
  answer(request: RecordedRequest, options: VendorOptions, isGoodKey: boolean): RecordedAnswer | null
}

/** Answers that do not depend on the vendor. */
export function commonAnswer(situation: Situation): RecordedAnswer | null {
  switch (situation) {
    case 'redirect':
      return { status: 302, headers: { location: 'https://login.example.com/?next=api' }, body: '' }
    case 'html':
      return { status: 200, body: '<!doctype html><title>Sign in to the guest network</title>' }
    case 'wrongShape':
      return { status: 200, body: { hello: 'world' } }
    case 'down':
      return { status: 503, body: '<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>' }
    case 'notFound':
      return { status: 404, body: '<html><head><title>404 Not Found</title></head></html>' }
    case 'rateLimited':
      return { status: 429, headers: { 'retry-after': '20' }, body: { error: { message: 'Rate limit reached', type: 'requests' } } }
    default:
      return null
  }
}

export const bearerKey = ({ headers }: RecordedRequest): string | null => /^Bearer (.*)$/.exec(headers.authorization ?? '')?.[1] ?? null
