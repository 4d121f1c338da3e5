/**
 * Brings a database of 0.1.0 to this release in a process of its own: `upgrade-worker.ts <url> <keys> <statement>`. Kills itself
 * with SIGKILL when it is about to send the statement of this number; prints how many there were.
 */
import { z } from 'zod'
import { parseKeyring } from '../../src/crypto/keyring.ts'
import { openDatabase, type TransactionClient } from '../../src/database/client.ts'
import { upgrade } from './first-release.ts'

const [url = '', keys = '', last = ''] = process.argv.slice(2)
const isCallable = z.custom<(...parameters: unknown[]) => unknown>((value) => typeof value === 'function')
let statements = 0

/** The same object, which counts what is called on it and on its tables. */
function counted<Target extends object>(target: Target): Target {
  return new Proxy(target, {
    get: (_, name) => {
      const value: unknown = Reflect.get(target, name)
      const work = isCallable.safeParse(value)
      if (!work.success) return typeof value === 'object' && value !== null ? counted(value) : value
      return (...parameters: unknown[]) => {
        statements += 1
        if (statements === Number(last)) process.kill(process.pid, 'SIGKILL')
        return work.data.apply(target, parameters)
      }
    },
  })
}

const database = await openDatabase(url)
const { engine } = database
const migrateAlone: typeof engine.migrateAlone = (work, patienceMs) =>
  engine.migrateAlone((tx: TransactionClient) => work(counted(tx)), patienceMs)
await upgrade({ database: { ...database, engine: { ...engine, migrateAlone } }, keyring: parseKeyring(keys) })
process.stdout.write(`${statements}\n`)
await database.close()
