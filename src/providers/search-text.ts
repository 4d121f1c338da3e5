/** `%`, `_` and `\` mean something to LIKE; characters of the private use area stand for them in what is stored and what is sought. */
const LIKE_SPECIAL: Readonly<Record<string, string>> = { '%': '\ue000', _: '\ue001', '\\': '\ue002' }

/** Folds text so that a plain LIKE finds it as a literal substring in any case, in every database. */
export function foldForSearch(text: string): string {
  // PostgreSQL takes no U+0000 in a text, not even in one that is sought.
  const readable = text.toWellFormed().replaceAll('\u0000', '\ue003').toLowerCase()
  return readable.replace(/[%_\\]/g, (character) => LIKE_SPECIAL[character] ?? character)
}

/** The columns that order and search providers, made from what is shown of one. */
export function searchColumns(provider: { readonly name: string; readonly displayName: string; readonly baseUrl: string }): {
  sortName: string
  searchText: string
} {
  const shown = provider.displayName.trim() === '' ? provider.name : provider.displayName
  return { sortName: shown.toLowerCase(), searchText: foldForSearch([provider.name, shown, provider.baseUrl].join('\n')) }
}
