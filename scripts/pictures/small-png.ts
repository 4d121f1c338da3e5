import { crc32, deflateSync, inflateSync } from 'node:zlib'

/*
 * A screenshot has millions of colours to choose from and uses a few hundred. Stored with a palette it is a third as large, so that
 * all pictures of the console together weigh no more than a photograph.
 */

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const MOST_COLORS = 256
/** Colours are of a kind when the first three bits of their red, green and blue are the same. */
const KIND = 0xe0e0e0
const MOST_KINDS = 160

interface Pixels {
  readonly width: number
  readonly height: number
  /** Red, green and blue of each pixel, in one number. */
  readonly colors: Uint32Array
}

/** The same picture with at most 256 colours. */
export function smallPng(png: Buffer): Buffer {
  const { width, height, colors } = decode(png)
  const palette = choosePalette(colors)
  const rows = Buffer.alloc((width + 1) * height)
  const known = new Map(palette.map((color, index) => [color, index]))
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const color = colors[y * width + x] ?? 0
      const index = known.get(color) ?? nearest(palette, color)
      known.set(color, index)
      rows[y * (width + 1) + 1 + x] = index
    }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 3, 0, 0, 0], 8)
  const plte = Buffer.from(palette.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]))
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', plte),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.length, 0)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}

/** The commonest shade of every kind of colour, so that the one green dot stays green, and then the commonest of all. */
function choosePalette(colors: Uint32Array): number[] {
  const counts = new Map<number, number>()
  for (const color of colors) counts.set(color, (counts.get(color) ?? 0) + 1)
  const commonest = [...counts].sort(([, one], [, other]) => other - one).map(([color]) => color)
  const kinds = new Map<number, number>()
  for (const color of commonest) if (!kinds.has(color & KIND)) kinds.set(color & KIND, color)
  return [...new Set([...[...kinds.values()].slice(0, MOST_KINDS), ...commonest])].slice(0, MOST_COLORS)
}

function nearest(palette: readonly number[], color: number): number {
  let best = 0
  let least = Number.POSITIVE_INFINITY
  for (const [index, candidate] of palette.entries()) {
    const [red, green, blue] = [16, 8, 0].map((shift) => ((candidate >> shift) & 255) - ((color >> shift) & 255))
    const distance = (red ?? 0) ** 2 + (green ?? 0) ** 2 + (blue ?? 0) ** 2
    if (distance < least) [best, least] = [index, distance]
  }
  return best
}

/** Reads a PNG of eight bits for each colour without interlacing, as browsers make them. */
function decode(png: Buffer): Pixels {
  const [width, height, colorType] = [png.readUInt32BE(16), png.readUInt32BE(20), png[25]]
  const size = colorType === 6 ? 4 : 3
  const parts: Buffer[] = []
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at)
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + length))
    at += length + 12
  }
  const bytes = unfilter(inflateSync(Buffer.concat(parts)), width * size, height, size)
  const colors = new Uint32Array(width * height)
  for (let index = 0; index < colors.length; index += 1) colors[index] = bytes.readUIntBE(index * size, 3)
  return { width, height, colors }
}

/** Undoes the prediction of each row from the pixels to the left and above. */
function unfilter(raw: Buffer, stride: number, height: number, size: number): Buffer {
  const bytes = Buffer.alloc(stride * height)
  const byteAt = (x: number, y: number) => (x < 0 || y < 0 ? 0 : (bytes[y * stride + x] ?? 0))
  for (let y = 0; y < height; y += 1) {
    const row = y * (stride + 1)
    for (let x = 0; x < stride; x += 1) {
      const prediction = predicted(raw[row], byteAt(x - size, y), byteAt(x, y - 1), byteAt(x - size, y - 1))
      bytes[y * stride + x] = (raw[row + 1 + x] ?? 0) + prediction
    }
  }
  return bytes
}

function predicted(filter: number | undefined, left: number, up: number, corner: number): number {
  if (filter === 1) return left
  if (filter === 2) return up
  if (filter === 3) return (left + up) >> 1
  if (filter !== 4) return 0
  const [toLeft, toUp, toCorner] = [left, up, corner].map((value) => Math.abs(left + up - corner - value))
  if ((toLeft ?? 0) <= (toUp ?? 0) && (toLeft ?? 0) <= (toCorner ?? 0)) return left
  return (toUp ?? 0) <= (toCorner ?? 0) ? up : corner
}
