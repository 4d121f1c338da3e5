import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { codeBlocks } from './documents.ts'
import type { TestGateway } from './gateway.ts'

/** What a block of a document gave, and what the document says that it gives. */
export interface Shown {
  readonly block: string
  readonly given: unknown
  /** The block of JSON that follows; null when the document shows no answer. */
  readonly expected: unknown
}

export interface RunOptions {
  /** Puts what exists here in the place of what the document names, such as an upstream. */
  readonly replace?: (text: string) => string
  /** Whether a block is left to another test. */
  readonly skip?: (block: string) => boolean
  /** What the reader has set besides the gateway and its token. */
  readonly environment?: Readonly<Record<string, string>>
}

/** Runs the shell and the GraphQL of a document, in its order, against one gateway. */
export async function runDocument(
  file: string,
  gateway: TestGateway,
  { replace = (text) => text, skip = () => false, environment = {} }: RunOptions = {},
): Promise<Shown[]> {
  const blocks = codeBlocks(file)
  const shown: Shown[] = []
  for (const [index, { info, text }] of blocks.entries()) {
    if (!['sh', 'graphql'].includes(info) || skip(text)) continue
    const given = info === 'sh' ? JSON.parse(await runShell(replace(text), gateway, environment)) : await gateway.ask(replace(text))
    const next = blocks[index + 1]
    shown.push({ block: text, given, expected: next?.info === 'json' ? JSON.parse(next.text) : null })
  }
  return shown
}

/** Runs shell as a reader would who has followed the document so far, and returns what it wrote. */
export async function runShell(
  script: string,
  gateway: Pick<TestGateway, 'url' | 'adminToken'>,
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const env = { PATH: process.env.PATH, GATEWAY_URL: gateway.url, GATEWAY_TOKEN: gateway.adminToken, ...environment }
  const { stdout } = await promisify(execFile)('sh', ['-eu', '-c', script], { env })
  return stdout
}

/** Takes from what was given the places where the document shows `…`, which stands for any text. */
export function withEllipses(given: unknown, expected: unknown): unknown {
  if (expected === '…') return typeof given === 'string' ? '…' : given
  if (Array.isArray(given) && Array.isArray(expected)) return given.map((part, index) => withEllipses(part, expected[index]))
  if (!isObject(given) || !isObject(expected)) return given
  return Object.fromEntries(Object.entries(given).map(([name, part]) => [name, withEllipses(part, expected[name])]))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
