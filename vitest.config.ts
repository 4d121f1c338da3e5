import { defineConfig } from 'vitest/config'
import { postgresPrograms } from './test/support/postgres.ts'

/** Suites that use a gateway over its API: they run on each database. */
const OVER_THE_API = ['graphql', 'rest', 'calls']

/**
 * What the program decides by itself, before or without its database, and takes long to show: on SQLite alone, and on PostgreSQL too with
 * `TEST_EVERYTHING=true`.
 */
const DECIDED_BEFORE_THE_DATABASE = [
  'graphql/{authorization,credentials-in-the-open,destination-parts,leaving-clients,misconfiguration,network-key-theft,odd-url-theft,pasted-keys}',
  'rest/{authorization,masks,matrix,bifrost/masks,recordings/recordings}',
  'calls/{large-bodies,leaks,one-url,routes,uploads}',
]

interface Project {
  /** Folders of `test`, or files in them without their ending. */
  readonly includes: readonly string[]
  readonly excludes?: readonly string[]
  readonly timeoutMs: number
  readonly database?: 'sqlite' | 'postgresql'
}

/** `npx vitest run --project postgresql` runs one alone, `npx vitest run test/unit` the tests of a folder. */
const project = (name: string, { includes, excludes = [], timeoutMs, database = 'sqlite' }: Project) => ({
  // The copy that Node loads for the libraries: the bundler's choice is another one, whose types they would not know.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    name,
    include: includes.map((folder) => `test/${folder}/**/*.test.ts`),
    exclude: ['**/node_modules/**', ...excludes.map((file) => `test/${file}.test.ts`)],
    env: { TEST_DATABASE: database },
    // Loading the program takes longer than most files of tests do, and they change nothing of it: they share what is loaded.
    isolate: false,
    testTimeout: timeoutMs,
    // What a test waits for comes later on a busy machine; one that waits in vain is ended by its own limit.
    expect: { poll: { timeout: timeoutMs / 2 } },
    hookTimeout: timeoutMs,
  },
})

const excludes = process.env.TEST_EVERYTHING === 'true' ? [] : DECIDED_BEFORE_THE_DATABASE
/** Without a PostgreSQL server on this machine the suites run on SQLite alone. */
const onPostgresql =
  postgresPrograms === null ? [] : [project('postgresql', { includes: OVER_THE_API, excludes, timeoutMs: 120_000, database: 'postgresql' })]

export default defineConfig({
  test: {
    globalSetup: ['test/support/shared-databases.ts', 'test/support/worker-programs.ts'],
    // Much of a test's time is waiting, for a process to start or a limit to pass: one more than two cores can run.
    maxWorkers: 3,
    projects: [
      project('sqlite', { includes: ['unit', ...OVER_THE_API], timeoutMs: 120_000 }),
      ...onPostgresql,
      project('e2e', { includes: ['e2e'], timeoutMs: 300_000 }),
      project('sdks', { includes: ['sdks'], timeoutMs: 300_000 }),
      project('soak', { includes: ['soak'], timeoutMs: 1_800_000 }),
    ],
  },
})
