import { text } from 'node:stream/consumers'
import { type Config, configuredFiles, loadConfig, readSecretReference } from '../config.ts'

/** What a command has of the world around it. */
export interface Shell {
  /** @throws StartupError with all problems of the configuration. */
  readonly loadConfig: () => Config
  readonly readSecretReference: (name: string) => ReturnType<typeof readSecretReference>
  /** The files that hold secrets because the environment says so. */
  readonly configuredFiles: () => readonly string[]
  /** Writes to standard output: the result, and nothing else. */
  readonly print: (text: string) => void
  /** Writes to standard error: everything that is for a person alone. */
  readonly error: (text: string) => void
  /** Whether a person watches standard error. */
  readonly isWatched: boolean
  /** All of standard input, however slowly it comes. */
  readonly readInput: () => Promise<string>
  readonly clock: () => Date
}

/** The shell that this process was started from. */
export const processShell: Shell = {
  loadConfig,
  readSecretReference: (name) => readSecretReference(name),
  configuredFiles: () => configuredFiles(),
  print: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
  isWatched: process.stderr.isTTY === true,
  readInput: () => text(process.stdin),
  clock: () => new Date(),
}
