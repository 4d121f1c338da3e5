/**
 * What one subscriber has yet to read. Written by hand because an async generator cannot be left while it waits: its
 * `return` would wait for the next item, which may never come.
 */
export interface Stream<Item> extends AsyncIterableIterator<Item> {
  push(item: Item): void
  /** Ends the stream behind what is in it. */
  end(): void
}

/**
 * @param limit Items that may wait for a slow reader; one more ends the stream.
 * @param onEnd Called once, when the stream ends on either side.
 */
export function createStream<Item>(limit: number, onEnd: () => void): Stream<Item> {
  const items: Item[] = []
  const readers: ((result: IteratorResult<Item, undefined>) => void)[] = []
  let ended = false

  const end = () => {
    if (ended) return
    ended = true
    for (const read of readers.splice(0)) read({ done: true, value: undefined })
    onEnd()
  }
  const leave = (): Promise<IteratorResult<Item, undefined>> => {
    items.length = 0
    end()
    return Promise.resolve({ done: true, value: undefined })
  }
  return {
    push: (item) => {
      if (ended) return
      const read = readers.shift()
      if (read) return read({ done: false, value: item })
      if (items.length === limit) return end()
      items.push(item)
    },
    end,
    next: () => {
      const item = items.shift()
      if (item !== undefined) return Promise.resolve({ done: false, value: item })
      if (ended) return Promise.resolve({ done: true, value: undefined })
      return new Promise((resolve) => void readers.push(resolve))
    },
    return: leave,
    throw: leave,
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
