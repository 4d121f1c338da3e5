/**
 * Generates the Prisma clients and the types that Pothos builds on, from the one source `prisma/schema.prisma`.
 * Needs no network and no database: the Prisma CLI asks for a schema engine even here, so it is given an executable
 * that it never runs.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { deriveSchemas } from './derive-schemas.ts'

const folder = 'src/generated/schema'
mkdirSync(folder, { recursive: true })
const runs = Object.entries(deriveSchemas(readFileSync('prisma/schema.prisma', 'utf8'))).map(([name, text]) => {
  const file = `${folder}/${name}.prisma`
  writeFileSync(file, text)
  return promisify(execFile)(process.execPath, ['node_modules/prisma/build/index.js', 'generate', '--schema', file], {
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1' },
  })
})
await Promise.all(runs)
