import { readFileSync } from 'node:fs'

/** The blocks of a document with this info string, as they stand there, e.g. `sh sqlite-backup` for the one behind "```sh sqlite-backup". */
function codeBlocks(file: string, info: string): string[] {
  const blocks = readFileSync(file, 'utf8').matchAll(/^```([^\n]*)\n(.*?)^```$/gms)
  return Array.from(blocks).flatMap(([, given, text]) => (given === info && text !== undefined ? [text] : []))
}

/** The one block of this info string. */
export function codeBlock(file: string, info: string): string {
  const [block, ...others] = codeBlocks(file, info)
  if (block === undefined || others.length > 0) throw new Error(`${file} must have one block of \`${info}\`.`)
  return block
}
