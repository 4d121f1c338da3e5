import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { pageHeaders, pagePolicy } from '../http/page-policy.ts'
import { type Answer, json } from '../http/respond.ts'
import { createStaticFiles } from '../http/static-files.ts'
import type { ConsoleFiles } from './console-files.ts'

/** Answers the requests to `/console` and below. */
export type ConsolePages = (request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>) => Promise<Answer>

/** Which other pages this gateway has: the console links them. */
export interface OtherPages {
  readonly graphiql: boolean
  readonly restReference: boolean
}

/** What stands in the built page where the other pages are named. */
const PAGES_PLACE = 'GATEWAY-PAGES'
/** What stands in the built page where clients reach the gateway. */
const ADDRESS_PLACE = 'GATEWAY-ADDRESS'

/** What stands in the built page where each answer has a nonce of its own; `console/vite.config.ts` puts it there. */
const NONCE_PLACE = /CONSOLE-CSP-NONCE/g

/** Places of the console; all else would be a file. Dots are below the first part only: a route may be named `gpt-4.1`. */
const PLACE = /^(?!assets\/)[\w-]*(\/|$)/

const METHOD_NOT_ALLOWED = json(405, { message: 'Use GET to read the console.' }, { allow: 'GET, HEAD' })
const NO_SUCH_FILE = json(404, { message: 'The console has no such file. It is at /console.' })
const NOT_BUILT: Answer = {
  status: 404,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!doctype html><html lang="en"><title>The console is not built</title><h1>The console is not built</h1><p>Run <code>npm run build:console</code> where the gateway is installed, and start it again. The GraphQL API is at <a href="/graphql">/graphql</a>.</p></html>\n',
}

/**
 * Serves the built console; without one, a page that says how to build it.
 * @param publicUrl where clients reach the gateway; empty when nobody said.
 */
export function createConsolePages(files: ConsoleFiles | null, others: OtherPages, publicUrl: string): ConsolePages {
  const assets = createStaticFiles(files?.assets ?? new Map())
  const named = Object.entries(others).flatMap(([name, isThere]) => (isThere ? [name] : []))
  const page = files?.page.replace(PAGES_PLACE, named.join(' ')).replace(ADDRESS_PLACE, () => inAttribute(publicUrl)) ?? null

  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return METHOD_NOT_ALLOWED
    if (page === null) return NOT_BUILT
    const [path = ''] = (request.url ?? '').split('?')
    const name = path.replace(/^\/console\/?/, '')
    const asset = assets(name, request)
    if (asset !== null) return asset
    return PLACE.test(name) ? pageAnswer(page) : NO_SUCH_FILE
  }
}

/** A text as it may stand in a quoted attribute. */
function inAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}

/** The page may run its own script and load its own styles. The component library writes its variables into style elements, which carry the nonce. */
function pageAnswer(page: string): Answer {
  const nonce = randomBytes(16).toString('base64')
  const policy = pagePolicy({ 'script-src': "'self'", 'style-src': `'self' 'nonce-${nonce}'` })
  return { status: 200, headers: pageHeaders(policy), body: page.replace(NONCE_PLACE, nonce) }
}
