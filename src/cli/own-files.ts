import type { Config } from '../config.ts'
import { databaseFile } from '../database/client.ts'
import { keyFileOf } from '../key-file.ts'

/** The files that hold secrets of the gateway itself, whether or not they are there. */
export function ownFiles({ DATABASE_URL }: Pick<Config, 'DATABASE_URL'>, configured: readonly string[]): string[] {
  const file = databaseFile(DATABASE_URL)
  const besideDatabase = file === null ? [] : [file, `${file}-wal`, keyFileOf(file)]
  return [...new Set([...configured, '.env', ...besideDatabase])]
}
