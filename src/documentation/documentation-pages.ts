import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { pagePolicy } from '../http/page-policy.ts'
import { readStaticFiles } from '../http/read-static-files.ts'
import { type Answer, json } from '../http/respond.ts'
import { createStaticFiles, type StaticFile, type StaticFiles } from '../http/static-files.ts'
import { PACKAGE_FOLDER } from '../package-folder.ts'

/** Answers the requests to `/docs` and below, but for the REST reference. */
export type DocumentationPages = (request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>) => Promise<Answer>

const BUILT = join(PACKAGE_FOLDER, 'dist/docs')

const METHOD_NOT_ALLOWED = json(405, { message: 'Use GET to read the documentation.' }, { allow: 'GET, HEAD' })
const NO_SUCH_PAGE = json(404, { message: 'The documentation has no such page. It is at /docs; `npm run build` makes it.' })

/** The pages load their style sheet and pictures, and run no script. */
const POLICY = pagePolicy({ 'style-src': "'self'" })

/** Serves the documentation as `npm run build` left it, from memory. It needs no token: it tells nothing of what is stored. */
export function createDocumentationPages(): DocumentationPages {
  let files: StaticFiles | null = null

  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return METHOD_NOT_ALLOWED
    const [path = ''] = (request.url ?? '').split('?')
    // Read for the first who asks: most gateways run without anybody who reads.
    files ??= createStaticFiles(readPages())
    return files(path.replace(/^\/docs\/?/, ''), request) ?? NO_SUCH_PAGE
  }
}

/** By their path below `/docs/`: a page without the ending of its file, the index without a name. */
function readPages(): Map<string, StaticFile> {
  const pages = new Map<string, StaticFile>()
  for (const [name, file] of readStaticFiles(BUILT)) {
    if (name.endsWith('.html')) pages.set(name === 'index.html' ? '' : name.slice(0, -'.html'.length), { ...file, policy: POLICY })
    else pages.set(name, file)
  }
  return pages
}
