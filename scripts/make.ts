/**
 * Makes what is not in the repository: `tsx scripts/make.ts [generated] [program] [console]`, everything without a name. What
 * is up to date already is left alone, so that a second start is fast.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { DOCUMENTATION_SOURCES } from './documentation.ts'
import { filesIn, makeUnlessUpToDate, type Step } from './up-to-date.ts'

/** All that decides how things are made, whatever they are made of. */
const TOOLS = ['package-lock.json', 'tsconfig.json', 'scripts/make.ts', 'scripts/up-to-date.ts']
const GENERATED = ['src/generated', 'console/src/generated'] as const

const generated: Step = {
  sources: () => [
    ...TOOLS,
    ...['prisma/schema.prisma', 'prisma/derive-schemas.ts', 'prisma/generate.ts', 'prisma.config.ts', 'codegen.ts', 'schema.graphql'],
    ...['src/rest', 'console/src/operations'].flatMap((folder) => filesIn(folder, '.graphql')),
  ],
  outputs: GENERATED,
  make: async () => {
    say('Generating the database client and the types of queries')
    await Promise.all([runScript('prisma/generate.ts'), runNode('node_modules/@graphql-codegen/cli/esm/bin.js')])
  },
}

const program: Step = {
  sources: () => [
    ...TOOLS,
    ...filesIn('src'),
    ...['build-program.ts', 'build-documentation.ts', 'documentation.ts', 'documentation-styles.ts'].map((name) => `scripts/${name}`),
    ...DOCUMENTATION_SOURCES.flatMap((path) => filesIn(path)),
  ],
  outputs: ['dist'],
  make: async () => {
    say('Compiling the program')
    await Promise.all([runScript('scripts/build-program.ts'), runScript('scripts/build-documentation.ts')])
  },
}

const console: Step = {
  sources: () => [
    ...TOOLS,
    ...['index.html', 'package.json', 'vite.config.ts', 'build.ts', 'tsconfig.json'].map((name) => `console/${name}`),
    ...filesIn('console/src'),
  ],
  outputs: ['console/dist'],
  make: () => {
    say('Building the console')
    return runScript('console/build.ts')
  },
}

/** The first start takes a minute: a person who waits wants to know for what. */
function say(step: string): void {
  process.stderr.write(`${step}…\n`)
}

function runScript(file: string): Promise<void> {
  return runNode('--import', 'tsx', file)
}

/** Runs a program of Node; what it said is shown only when it failed. */
async function runNode(...parameters: string[]): Promise<void> {
  await promisify(execFile)(process.execPath, parameters, { maxBuffer: 64 * 1024 * 1024 }).catch(
    (error: { stdout?: string; stderr?: string }) => {
      process.stderr.write(`${error.stdout ?? ''}${error.stderr ?? ''}\n${parameters.join(' ')} failed.\n`)
      process.exit(1)
    },
  )
}

const asked = process.argv.slice(2)
const isAsked = (name: string) => asked.length === 0 || asked.includes(name)
// Both others are made from what is generated.
await makeUnlessUpToDate(generated)
await Promise.all([...(isAsked('program') ? [program] : []), ...(isAsked('console') ? [console] : [])].map(makeUnlessUpToDate))
