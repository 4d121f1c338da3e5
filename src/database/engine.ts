import type { TransactionClient } from './client.ts'

/** What transactions may have to take turns for, where no lock of a row makes them. */
export type Turn = 'key names'

/** Rows of a table, with its columns in snake case. */
export interface ManyRows {
  readonly table: string
  /** The columns in which each row has a value of its own. */
  readonly own: readonly string[]
  /** Those in which many rows have the same values. */
  readonly shared: readonly string[]
  /** Values as JSON has them, in the order of the columns. Texts are without U+0000 and half characters. */
  readonly rows: readonly { readonly own: readonly unknown[]; readonly shared: readonly unknown[] }[]
}

/** What the two databases do differently, besides how they are reached: one of these for each, and `client.ts` chooses. */
export interface Engine {
  /** Lets all reads of a transaction see one state, as its first statement; null where they do anyhow. */
  readonly oneState: string | null
  /** Makes the table of applied migrations, as Prisma's own tools define it. */
  readonly migrationsTable: string
  /** Runs work in a transaction that no other process migrates beside, and waits that long for its turn. */
  migrateAlone<T>(work: (tx: TransactionClient) => Promise<T>, patienceMs: number): Promise<T>
  /**
   * Lets one transaction at a time, of all processes, go on from here to its end. Called after the provider is locked, and
   * before anything that belongs to it, which is the order of everybody's locks.
   */
  takeTurn(tx: TransactionClient, reason: Turn): Promise<void>
  /** Fails when a row refers to one that is not there, where nothing sees to that while tables are changed. */
  checkReferences(tx: TransactionClient): Promise<void>
  /** Lets new rows be numbered behind those that were copied with their numbers. */
  continueNumbers(tx: TransactionClient): Promise<void>
  /**
   * Inserts rows by one statement that takes them as JSON: with a parameter for each value, what passes them on takes twice the
   * time of the database itself.
   */
  insertMany(tx: TransactionClient, rows: ManyRows): Promise<void>
  /** What time it is for the server; null for a file, which has no clock of its own. */
  readClock(): Promise<Date | null>
  /** Whether the file can be read in all places; null for a server, which sees to that itself. */
  readonly isWhole: (() => Promise<boolean>) | null
  /** Writes the state of one moment into an empty file; null for a server, which has a tool of its own. */
  readonly copyTo: ((path: string) => Promise<void>) | null
}
