/**
 * Reads for all who ask in one turn of the event loop at once: a page of 100 rows is one query.
 * @param read finds what belongs to each id; what is missing in its answer is null.
 */
export function readTogether<Found>(
  read: (ids: readonly string[]) => Promise<ReadonlyMap<string, Found>>,
): (id: string) => Promise<Found | null> {
  let waiting: { readonly ids: Set<string>; readonly found: Promise<ReadonlyMap<string, Found>> } | null = null
  return async (id) => {
    waiting ??= startReading(new Set())
    waiting.ids.add(id)
    return (await waiting.found).get(id) ?? null
  }

  function startReading(ids: Set<string>) {
    const found = new Promise<void>((resolve) => void setImmediate(resolve)).then(() => {
      waiting = null
      return read([...ids])
    })
    return { ids, found }
  }
}
