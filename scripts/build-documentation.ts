/** Makes the pages that the gateway serves at `/docs`, in `dist/docs`. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { documentationFiles } from './documentation.ts'

for (const [name, content] of documentationFiles()) {
  const path = join('dist/docs', name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}
