/** A command with a progress bar that has no end, and work that leaves no moment to anything else between two steps. */
import { createProgress } from '../../src/cli/progress.ts'
import { processShell } from '../../src/cli/shell.ts'

const bar = createProgress(processShell, { noun: 'step', whenStopped: 'Run it again.' })
bar.begin(1_000_000)
for (let done = 1; ; done++) await bar.at(done)
