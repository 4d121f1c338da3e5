import { Presets, SingleBar } from 'cli-progress'
import type { Shell } from './shell.ts'

/** Shows how far long work has come, where a person watches; elsewhere it does nothing. */
export interface Progress {
  begin(total: number): void
  at(done: number): void
  end(): void
}

const SILENT: Progress = { begin: () => {}, at: () => {}, end: () => {} }

/** @param label What is counted, e.g. `secrets`. */
export function createProgress({ isWatched }: Shell, label: string): Progress {
  if (!isWatched) return SILENT
  const bar = new SingleBar(
    {
      stream: process.stderr,
      format: `{bar} {percentage}%  {value} of {total} ${label}  {eta_formatted} left`,
      barsize: 24,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  )
  return {
    begin: (total) => {
      if (total > 0) bar.start(total, 0)
    },
    at: (done) => {
      // Rows that others add meanwhile make it more than it was.
      if (done > bar.getTotal()) bar.setTotal(done)
      bar.update(done)
    },
    end: () => bar.stop(),
  }
}
