/** Whether a text matches a glob in which `*` stands for any characters, also none. In linear steps for each star, whatever the text. */
function matchesGlob(glob: string, text: string): boolean {
  const [head = '', ...rest] = glob.split('*')
  const tail = rest.pop()
  if (tail === undefined) return glob === text
  if (!text.startsWith(head) || !text.endsWith(tail) || text.length < head.length + tail.length) return false
  const end = text.length - tail.length
  let at = head.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found === -1 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}

/** Whether a list of globs lets a text in; null lets every text in. */
export function isInGlobs(globs: readonly string[] | null, text: string): boolean {
  return globs === null || globs.some((glob) => matchesGlob(glob, text))
}
