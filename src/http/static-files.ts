import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { unlessHeld, withEntityTag } from './entity-tag.ts'
import type { Answer } from './respond.ts'

/** A file that is served from memory. */
export interface StaticFile {
  readonly contentType: string
  readonly content: Buffer
  /** The content security policy of a page. */
  readonly policy?: string
}

/** Answers with the file of a name, or with 304 to whom holds it; null when there is none. */
export type StaticFiles = (name: string, request: Pick<IncomingMessage, 'headers'>) => Promise<Answer> | null

const compress = promisify(gzip)

/** Serves only these files, by these names, so that no path of a request ever reaches the disk. */
export function createStaticFiles(files: ReadonlyMap<string, StaticFile>): StaticFiles {
  const answers = { plain: new Map<string, Promise<Answer>>(), compressed: new Map<string, Promise<Answer>>() }

  /** Each file is compressed and tagged once, when it is first asked for. */
  async function answer(name: string, file: StaticFile, { headers }: Pick<IncomingMessage, 'headers'>): Promise<Answer> {
    const isCompressed = acceptsGzip(headers['accept-encoding'])
    const made = isCompressed ? answers.compressed : answers.plain
    const whole = made.get(name) ?? makeAnswer(name, file, isCompressed)
    made.set(name, whole)
    const { body, ...head } = await whole
    // A browser takes the headers of a 304 for those of the answer that it holds.
    return unlessHeld(await whole, headers['if-none-match']).status === 304 ? { ...head, status: 304 } : await whole
  }

  return (name, request) => {
    const file = files.get(name)
    return file === undefined ? null : answer(name, file, request)
  }
}

async function makeAnswer(name: string, { contentType, content, policy }: StaticFile, isCompressed: boolean): Promise<Answer> {
  const headers = {
    'content-type': contentType,
    // The names of files below assets/ hold a digest of their content: what was loaded once is good for ever.
    'cache-control': name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    ...(policy !== undefined && { 'content-security-policy': policy }),
    vary: 'accept-encoding',
  }
  if (!isCompressed) return withEntityTag({ status: 200, headers, body: content })
  return withEntityTag({ status: 200, headers: { ...headers, 'content-encoding': 'gzip' }, body: await compress(content, { level: 9 }) })
}

function acceptsGzip(acceptEncoding: string | string[] | undefined): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(String(acceptEncoding ?? ''))
}
