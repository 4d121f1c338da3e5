import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Answer } from './respond.ts'

/** A file that is served from memory. */
export interface StaticFile {
  readonly contentType: string
  readonly content: Buffer
}

/** Answers with the file of a name; null when there is none. */
export type StaticFiles = (name: string, request: Pick<IncomingMessage, 'headers'>) => Promise<Answer> | null

const compress = promisify(gzip)

/** Serves only these files, by these names, so that no path of a request ever reaches the disk. */
export function createStaticFiles(files: ReadonlyMap<string, StaticFile>): StaticFiles {
  const compressed = new Map<string, Promise<Buffer>>()

  /** Each file is compressed once, when it is first asked for. */
  async function answer(name: string, { contentType, content }: StaticFile, request: Pick<IncomingMessage, 'headers'>): Promise<Answer> {
    // The names of files below assets/ hold a digest of their content: what was loaded once is good for ever.
    const cache = name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
    const headers = { 'content-type': contentType, 'cache-control': cache, vary: 'accept-encoding' }
    if (!acceptsGzip(request)) return { status: 200, headers, body: content }
    const body = compressed.get(name) ?? compress(content, { level: 9 })
    compressed.set(name, body)
    return { status: 200, headers: { ...headers, 'content-encoding': 'gzip' }, body: await body }
  }

  return (name, request) => {
    const file = files.get(name)
    return file === undefined ? null : answer(name, file, request)
  }
}

function acceptsGzip(request: Pick<IncomingMessage, 'headers'>): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(String(request.headers['accept-encoding'] ?? ''))
}
