import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import { pageHeaders, pagePolicy } from '../http/page-policy.ts'
import { type Answer, json } from '../http/respond.ts'
import { createStaticFiles, type StaticFile, type StaticFiles } from '../http/static-files.ts'
import type { RestDescription } from '../rest/mounts.ts'
import { PAGE_SCRIPT, PAGE_STYLES, renderPage } from './page.ts'

/** Answers the requests to `/docs/rest` and below. */
export type ReferencePages = (request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>) => Promise<Answer>

const require = createRequire(import.meta.url)

const METHOD_NOT_ALLOWED = json(405, { message: 'Use GET to read the reference.' }, { allow: 'GET, HEAD' })
const NO_SUCH_FILE = json(404, { message: 'The reference has no such file. It is at /docs/rest.' })

const STYLES = 'text/css; charset=utf-8'
const SCRIPT = 'text/javascript; charset=utf-8'

/** The page may run its own script and load its own styles. */
const POLICY = pagePolicy({ 'script-src': "'self'", 'style-src': "'self'" })

/**
 * Serves the interactive reference of the REST APIs: Swagger UI from its package, from memory. Page and descriptions need
 * no token: they tell what the program can do, and nothing of what is stored.
 */
export function createReferencePages(descriptions: readonly RestDescription[]): ReferencePages {
  let reference: Reference | null = null

  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return METHOD_NOT_ALLOWED
    const [path = ''] = (request.url ?? '').split('?')
    const name = path.replace(/^\/docs\/rest\/?/, '')
    // Read for the first who asks: most gateways run without anybody who reads.
    reference ??= readReference(descriptions)
    return name === '' ? reference.page : (reference.files(name, request) ?? NO_SUCH_FILE)
  }
}

interface Reference {
  readonly page: Answer
  readonly files: StaticFiles
}

function readReference(descriptions: readonly RestDescription[]): Reference {
  const files = new Map<string, StaticFile>()
  /** Adds a file whose name changes with its content; returns its address. */
  const addAsset = (name: string, contentType: string, content: Buffer): string => {
    const path = `assets/${createHash('sha256').update(content).digest('hex').slice(0, 12)}-${name}`
    files.set(path, { contentType, content })
    return `/docs/rest/${path}`
  }
  for (const { name, document } of descriptions)
    files.set(`${name}.json`, { contentType: 'application/json; charset=utf-8', content: Buffer.from(JSON.stringify(document)) })
  const page = renderPage(descriptions, {
    swaggerUi: addAsset('swagger-ui-bundle.js', SCRIPT, readFileSync(require.resolve('swagger-ui-dist/swagger-ui-bundle.js'))),
    swaggerStyles: addAsset('swagger-ui.css', STYLES, readFileSync(require.resolve('swagger-ui-dist/swagger-ui.css'))),
    script: addAsset('reference.js', SCRIPT, Buffer.from(PAGE_SCRIPT)),
    styles: addAsset('reference.css', STYLES, Buffer.from(PAGE_STYLES)),
  })
  return { page: { status: 200, headers: pageHeaders(POLICY), body: page }, files: createStaticFiles(files) }
}
