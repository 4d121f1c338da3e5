import { readFileSync } from 'node:fs'

/** A fenced block: what stands behind its first fence, and its text. */
export interface CodeBlock {
  readonly info: string
  readonly text: string
}

/** The fenced blocks of a document, in their order. Those inside a list are as far in as it is. */
export function codeBlocks(file: string): CodeBlock[] {
  const blocks = readFileSync(file, 'utf8').matchAll(/^( *)```([^\n]*)\n(.*?)^\1```$/gms)
  return Array.from(blocks, ([, , info = '', text = '']) => ({ info, text }))
}

/** The one block of this info string, as it stands there, e.g. `sh sqlite-backup` for the one behind "```sh sqlite-backup". */
export function codeBlock(file: string, info: string): string {
  const [block, ...others] = codeBlocks(file).filter((one) => one.info === info)
  if (block === undefined || others.length > 0) throw new Error(`${file} must have one block of \`${info}\`.`)
  return block.text
}
