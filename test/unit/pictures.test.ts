import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { deflateSync, inflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { gallery } from '../../scripts/pictures/gallery.ts'
import { PICTURES } from '../../scripts/pictures/pages.ts'
import { smallPng } from '../../scripts/pictures/small-png.ts'
import { VARIANTS } from '../../scripts/pictures/variants.ts'

const FOLDER = join('docs', 'console')
const MOST_BYTES = 80_000

describe('the pictures of the console', () => {
  it('are of every page, wide and narrow, light and dark, and of nothing else', () => {
    const wanted = PICTURES.flatMap(({ name }) => VARIANTS.map((variant) => `${name}-${variant.name}.png`))
    expect(readdirSync(FOLDER).sort()).toEqual(['README.md', ...wanted].sort())
    expect(readFileSync(join(FOLDER, 'README.md'), 'utf8')).toBe(gallery(PICTURES))
  })

  it.each(VARIANTS)('are as wide as a window of $viewport.width pixels, and small: $name', ({ name, viewport }) => {
    for (const picture of PICTURES) {
      const path = join(FOLDER, `${picture.name}-${name}.png`)
      expect(readFileSync(path).readUInt32BE(16), path).toBe(viewport.width)
      expect(statSync(path).size, path).toBeLessThan(MOST_BYTES)
    }
  })
})

/** The parts of a PNG with these names, put together. */
function partsOf(png: Buffer, name: string): Buffer {
  const parts: Buffer[] = []
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12)
    if (png.toString('latin1', at + 4, at + 8) === name) parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)))
  return Buffer.concat(parts)
}

describe('a picture with a palette', () => {
  it('has the colours that the picture had, whichever way its rows were predicted', () => {
    const rows = [
      [0, 10, 20, 30, 200, 100, 50],
      [1, 10, 20, 30, 190, 80, 20],
      [2, 0, 0, 0, 0, 0, 0],
      [3, 5, 10, 15, 95, 40, 10],
      [4, 0, 0, 0, 0, 0, 0],
    ]
    const header = Buffer.from([0, 0, 0, 2, 0, 0, 0, rows.length, 8, 2, 0, 0, 0])
    const chunk = (name: string, data: Buffer) => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(data.length)
      return Buffer.concat([length, Buffer.from(name), data, Buffer.alloc(4)])
    }
    const small = smallPng(
      Buffer.concat([
        Buffer.alloc(8),
        chunk('IHDR', header),
        chunk('IDAT', deflateSync(Buffer.from(rows.flat()))),
        chunk('IEND', Buffer.alloc(0)),
      ]),
    )
    const palette = partsOf(small, 'PLTE')
    const pixels = inflateSync(partsOf(small, 'IDAT'))
    const colorAt = (x: number, y: number) => [...palette.subarray(3 * (pixels[3 * y + 1 + x] ?? 0)).subarray(0, 3)]
    for (let y = 0; y < rows.length; y += 1)
      expect([colorAt(0, y), colorAt(1, y)]).toEqual([
        [10, 20, 30],
        [200, 100, 50],
      ])
  })
})
