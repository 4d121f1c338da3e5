import { afterAll, beforeAll } from 'vitest'

type Closable = { close(): Promise<unknown> } | { stop(): Promise<unknown> }

/**
 * Starts something before the tests of a file, or of a `describe`, and closes it after them, the first one last. The value can be
 * named at once, and used in hooks and tests.
 */
export function useStarted<Started extends Closable>(start: () => Promise<Started>): Started {
  let started: Started | undefined
  beforeAll(async () => {
    started = await start()
  })
  afterAll(async () => {
    if (started !== undefined) await ('close' in started ? started.close() : started.stop())
  })
  return new Proxy<Started>(Object.create(null), {
    get: (_target, name) => {
      if (started === undefined) throw new Error(`${String(name)} is used before the start.`)
      return Reflect.get(started, name)
    },
  })
}
