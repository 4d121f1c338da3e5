/** Names of a dialect's own menus that break the gateway's rule for names, and what they are stored as. */
export type NameAliases = ReadonlyMap<string, string>

/** The name that a provider is stored under. */
export function storedName(aliases: NameAliases, name: string): string {
  return aliases.get(name) ?? name
}

/** What a dialect keeps of a name that it shows in another way than it is stored, to show it as its clients wrote it. */
export function keptName(aliases: NameAliases, written: string): { readonly name?: string } {
  return aliasOf(aliases, storedName(aliases, written)) === undefined ? {} : { name: written }
}

/**
 * How a dialect shows the name of a provider: as its clients wrote it, and one that they never wrote as its own menu has it.
 * @param kept what the dialect keeps of the provider; null for nothing.
 */
export function shownName(aliases: NameAliases, stored: string, kept: { readonly name?: unknown } | null): string {
  const alias = aliasOf(aliases, stored)
  return alias !== undefined && (kept === null || kept.name === alias) ? alias : stored
}

function aliasOf(aliases: NameAliases, stored: string): string | undefined {
  return Array.from(aliases).find(([, name]) => name === stored)?.[0]
}
