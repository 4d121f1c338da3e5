/** Characters shown at each end, by the least length that earns them. */
const REVEALED = [
  { fromLength: 20, characters: 4 },
  { fromLength: 10, characters: 2 },
  { fromLength: 5, characters: 1 },
]

/**
 * What may be shown of a key, e.g. `sk-o...aaaa`. Counts code points, so that no character is cut in half; the length
 * shows in four classes only.
 */
export function maskKey(plaintext: string): string {
  const characters = Array.from(plaintext)
  if (characters.length === 0) return ''
  const revealed = REVEALED.find((step) => characters.length >= step.fromLength)?.characters ?? 0
  if (revealed === 0) return '...'
  return `${characters.slice(0, revealed).join('')}...${characters.slice(-revealed).join('')}`
}

const MASKS = [
  /^(?:\.\.\.|…)$/u,
  /^.{1,4}(?:\.\.\.|…).{1,4}$/su,
  /^[*•●]+$/u,
  /[*•●]{4}/u,
  /^(?:<redacted>|\[redacted\])$/i,
  // Stands for a variable.
  /^env:\w+$/,
]

/** Whether a value has the shape of a mask (ours or another gateway's), or stands for a variable, and so cannot be meant as a key. */
export function looksMasked(value: string): boolean {
  return MASKS.some((mask) => mask.test(value))
}

/** The longer mask of a part of a credential: four characters at each end of what is longer than eight. */
export function maskInMiddle(plaintext: string): string {
  const bytes = Buffer.from(plaintext)
  if (bytes.length <= 8) return '*'.repeat(bytes.length)
  return `${bytes.subarray(0, 4).toString()}${'*'.repeat(24)}${bytes.subarray(-4).toString()}`
}
