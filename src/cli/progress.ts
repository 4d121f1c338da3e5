import { constants } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { Presets, SingleBar } from 'cli-progress'
import { counted } from './output.ts'
import type { Shell } from './shell.ts'

/** Shows how far long work has come, where a person watches; elsewhere it does nothing. */
export interface Progress {
  begin(total: number): void
  /** Resolves when a signal that has come was heard: work on a file keeps the process from hearing one. */
  at(done: number): Promise<void>
  end(): void
}

const SILENT: Progress = { begin: () => {}, at: async () => {}, end: () => {} }

export interface ProgressWords {
  /** What is counted, in the singular: `secret`. */
  readonly noun: string
  /** What a person should know who stops the work before its end. */
  readonly whenStopped: string
}

export function createProgress({ isWatched, error }: Shell, { noun, whenStopped }: ProgressWords): Progress {
  if (!isWatched) return SILENT
  const bar = new SingleBar(
    {
      stream: process.stderr,
      format: `{bar} {percentage}%  {value} of {total} ${noun}s  {eta_formatted} left`,
      barsize: 24,
      clearOnComplete: true,
      gracefulExit: false,
    },
    Presets.shades_classic,
  )
  let seen = 0
  // Without this a terminal would keep the settings of the bar.
  const stop = (signal: NodeJS.Signals) => {
    bar.stop()
    error(`Stopped at ${seen.toLocaleString('en')} of ${counted(bar.getTotal(), noun)}. ${whenStopped}\n`)
    process.exit(128 + constants.signals[signal])
  }
  return {
    begin: (total) => {
      if (total === 0) return
      process.on('SIGINT', stop).on('SIGTERM', stop)
      bar.start(total, 0)
    },
    at: async (done) => {
      seen = done
      // Rows that others add meanwhile make it more than it was.
      if (done > bar.getTotal()) bar.setTotal(done)
      bar.update(done)
      await setImmediate()
    },
    end: () => {
      bar.stop()
      process.off('SIGINT', stop).off('SIGTERM', stop)
    },
  }
}
