import { InvalidArgumentError } from 'commander'

const MOST = 10_000

/** Reads the value of `--limit`: how many rows a list has at most. */
export function limitOption(text: string): number {
  const limit = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (limit < 1 || limit > MOST) throw new InvalidArgumentError(`It must be a number from 1 to ${MOST}.`)
  return limit
}
