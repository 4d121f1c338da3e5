/** Writes the list of all metrics into the documentation: `npm run metrics-reference`. */
import { writeFileSync } from 'node:fs'
import { metricsReference } from './metrics-reference.ts'

writeFileSync('docs/reference/metrics.md', await metricsReference())
