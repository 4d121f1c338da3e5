import { setImmediate as nextTurn } from 'node:timers/promises'

/** What one step sorts or merges before other requests are looked at. */
const STEP = 5_000

/** Sorts a long list in steps, so that it never keeps other requests waiting. Leaves the list itself as it is. */
export async function sortInSteps<Item>(items: readonly Item[], compare: (one: Item, other: Item) => number): Promise<Item[]> {
  let runs: Item[][] = []
  for (let from = 0; from < items.length; from += STEP) {
    if (from > 0) await nextTurn()
    runs.push(items.slice(from, from + STEP).sort(compare))
  }
  while (runs.length > 1) {
    const merged: Item[][] = []
    for (let at = 0; at < runs.length; at += 2) merged.push(await merge(runs[at] ?? [], runs[at + 1] ?? [], compare))
    runs = merged
  }
  return runs[0] ?? []
}

async function merge<Item>(left: readonly Item[], right: readonly Item[], compare: (one: Item, other: Item) => number): Promise<Item[]> {
  const merged: Item[] = []
  let taken = 0
  for (const [index, item] of right.entries()) {
    // An equal one of the left list stays in front, as in any stable sort.
    for (let next = left[taken]; next !== undefined && compare(next, item) <= 0; next = left[taken]) {
      merged.push(next)
      taken += 1
      if (taken % STEP === 0) await nextTurn()
    }
    merged.push(item)
    if (index % STEP === STEP - 1) await nextTurn()
  }
  for (; taken < left.length; taken += STEP) merged.push(...left.slice(taken, taken + STEP))
  return merged
}
