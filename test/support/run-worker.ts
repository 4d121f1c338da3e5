import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { workerProgram } from './worker-programs.ts'

export interface Worker {
  /** Resolves when the worker has printed its first line. */
  readonly begun: Promise<void>
  /** Everything that the worker printed; rejects with its errors when it failed. */
  readonly finished: Promise<string>
}

/** Starts `database-worker.ts` in a process of its own. */
export function runWorker(url: string, task: 'migrate' | 'write' | 'hold' | 'holdLong' | 'crash'): Worker {
  const child = spawn(process.execPath, [workerProgram('database-worker'), url, task], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk) => {
    output += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    errors += String(chunk)
  })
  const begun = once(child.stdout, 'data').then(() => {})
  const finished = once(child, 'close').then(([code, signal]) => {
    if (code !== 0) throw new Error(`The worker ended with ${signal ?? code}: ${errors}`)
    return output
  })
  return { begun, finished }
}
