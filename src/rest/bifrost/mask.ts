/** The mask of everything about a proxy that is secret (Bifrost contract, section 3.1). */
export const REDACTED = '<REDACTED>'

const STARS = '*'.repeat(24)

/** The mask of Bifrost's API (Bifrost contract, section 3.1), for texts that this dialect reads in the open. */
export function maskText(text: string): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= 8) return '*'.repeat(bytes.length)
  return `${bytes.subarray(0, 4).toString()}${STARS}${bytes.subarray(-4).toString()}`
}

/** A mask in Bifrost's form made of ours, which shows less of short keys: so that it is known as a mask when it comes back. */
export function maskFromOurs(masked: string): string {
  const [, head = '', tail = ''] = /^(.*)\.\.\.(.*)$/su.exec(masked) ?? []
  return masked === '' ? '' : `${head.padEnd(4, '*')}${STARS}${tail.padStart(4, '*')}`
}

/** Whether a value that came in is a mask (Bifrost contract, section 3.3). */
export function isMask(text: string): boolean {
  if (/^\*{1,8}$/.test(text) || /^(?:<redacted>|\[redacted\])$/i.test(text)) return true
  return Array.from(text).length === 32 && /^.{4}\*{24}.{4}$/su.test(text)
}
