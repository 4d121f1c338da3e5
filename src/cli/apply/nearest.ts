/** As many letters may be wrong, missing, too much or in the place of the next one. */
const MOST_MISTAKES = 2

/** The word that was probably meant; null when none is near. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const rated = candidates
    .map((candidate) => ({ candidate, mistakes: mistakesBetween(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, mistakes }) => mistakes <= Math.min(MOST_MISTAKES, candidate.length / 2))
    .sort((one, other) => one.mistakes - other.mistakes)
  return rated[0]?.candidate ?? null
}

/** The distance of Damerau and Levenshtein, of which only small ones matter. */
function mistakesBetween(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > MOST_MISTAKES) return MOST_MISTAKES + 1
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, column) => column)]
  const at = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY
  for (let row = 1; row <= one.length; row++) {
    rows.push([row])
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1]
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      rows[row]?.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + (isSame ? 0 : 1),
          ...(isSwapped && row > 1 && column > 1 ? [at(row - 2, column - 2) + 1] : []),
        ),
      )
    }
  }
  return at(one.length, other.length)
}
