/**
 * A process of its own that uses a database: `database-worker.ts <url> <task>`, with one of the tasks below. It prints
 * what it did.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, openDatabase } from '../../src/database/client.ts'
import { migrate } from '../../src/database/migrate.ts'
import { auditRow } from './rows.ts'

const print = (line: string) => void process.stdout.write(`${line}\n`)

const tasks: Record<string, (database: Database) => Promise<void>> = {
  migrate: (database) => migrate(database, print),
  /** Reads before it writes, as commands do. */
  write: async (database) => {
    for (let i = 0; i < 200; i++) {
      await database.write(async (tx) => {
        await tx.auditEvent.count()
        await tx.auditEvent.create({ data: auditRow('worker') })
      })
    }
    print('Wrote 200 rows.')
  },
  /** Keeps the write lock for a while. */
  hold: (database) =>
    database.write(async (tx) => {
      await tx.auditEvent.create({ data: auditRow('holder') })
      print('Holding.')
      await sleep(1_500)
    }),
  /** Keeps it for longer than anybody waits. */
  holdLong: (database) =>
    database.write(async (tx) => {
      await tx.auditEvent.create({ data: auditRow('holder') })
      print('Holding.')
      await sleep(12_000)
    }),
  /** Is gone at once, with nothing closed. */
  crash: async (database) => {
    await migrate(database)
    for (let i = 0; i < 20; i++) await database.write((tx) => tx.auditEvent.create({ data: auditRow('acknowledged') }))
    process.kill(process.pid, 'SIGKILL')
  },
}

const [url = '', name = ''] = process.argv.slice(2)
const database = await openDatabase(url)
await tasks[name]?.(database)
await database.close()
