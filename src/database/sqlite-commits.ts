import Libsql from 'libsql'

/** Tells one state of a SQLite file from the next. */
export interface CommitCounter {
  /** Another and a greater number after every commit of any connection of any process; null when SQLite does not say. */
  read(): number | null
  close(): void
}

/**
 * Counts commits by a connection that does nothing else: SQLite's `data_version` leaves out only what its own connection
 * wrote, and this one cannot write. The driver's synchronous side makes it some microseconds, without a promise.
 */
export function countCommits(path: string): CommitCounter {
  let connection: Libsql.Database | null = null
  let ask = () => 0

  const open = (): void => {
    connection = new Libsql(path, { readonly: true })
    const statement = connection.prepare('PRAGMA data_version').raw(true)
    ask = () => {
      const row = statement.get()
      const [version]: unknown[] = Array.isArray(row) ? row : []
      if (typeof version !== 'number') throw new Error('SQLite tells no data version.')
      return version
    }
  }
  const close = (): void => {
    connection?.close()
    connection = null
  }
  /** A new connection counts from its own beginning, so what was told before must stay below. */
  let base = 0
  let latest = 0
  return {
    read: () => {
      try {
        if (connection === null) {
          base = latest
          open()
        }
        latest = base + ask()
        return latest
      } catch {
        close()
        return null
      }
    },
    close,
  }
}
