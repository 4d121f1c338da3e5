/**
 * A command with a progress bar, and work that leaves no moment to anything else between two steps:
 * `progress-worker.ts <steps>`.
 */
import { createProgress } from '../../src/cli/progress.ts'
import { processShell } from '../../src/cli/shell.ts'

const steps = Number(process.argv[2])
const bar = createProgress(processShell, { noun: 'step', whenStopped: 'Run it again.' })
bar.begin(steps)
for (let done = 1; done <= steps; done++) await bar.at(done)
bar.end()
