import { defineConfig } from 'vitest/config'

/** One project per layer; `npx vitest --project unit` runs one alone. */
const project = (name: string, timeoutMs: number) => ({
  // The copy that Node loads for the libraries: the bundler's choice is another one, whose types they would not know.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: timeoutMs, hookTimeout: timeoutMs },
})

export default defineConfig({
  test: { projects: [project('unit', 30_000), project('graphql', 30_000), project('rest', 30_000), project('e2e', 120_000)] },
})
