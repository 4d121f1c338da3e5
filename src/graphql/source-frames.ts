import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'

const MOST_FRAMES = 20
/** The place at the end of a frame. */
const PLACE = /(file:\/\/[^\s()]+):(\d+):(\d+)(?=\)?$)/

const maps = new Map<string, SourceMap | null>()

/** Where an error arose, the innermost place first, at most 20. The program is bundled: places are told in the sources that it was made from. */
export function framesOf(error: Error): string[] {
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at ')) ?? []
  return frames.slice(0, MOST_FRAMES).map((frame) => frame.replace(PLACE, placeInSource))
}

function placeInSource(place: string, url: string, line: string, column: string): string {
  if (url.includes('/node_modules/')) return place
  const entry = mapOf(url)?.findEntry(Number(line) - 1, Number(column) - 1)
  if (entry === undefined || !('originalSource' in entry)) return place
  return `${entry.originalSource.replace(/^(\.\.\/)+/, '')}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
}

/** The map that lies beside a bundled file; null where there is none. */
function mapOf(url: string): SourceMap | null {
  const known = maps.get(url)
  if (known !== undefined) return known
  const map = readMap(`${url}.map`)
  maps.set(url, map)
  return map
}

function readMap(url: string): SourceMap | null {
  try {
    return new SourceMap(JSON.parse(readFileSync(fileURLToPath(url), 'utf8')))
  } catch {
    return null
  }
}
