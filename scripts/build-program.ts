/**
 * Bundles the program into `dist`, each part that loads by itself into one file: Node takes longer to find five hundred files than to run
 * them. Packages stay where they are. Types are checked apart, by `npm run types`.
 */
import { build } from 'esbuild'

await build({
  entryPoints: { main: 'src/main.ts', 'cli/gateway': 'src/cli/gateway.ts' },
  outdir: 'dist',
  chunkNames: 'parts/[name]-[hash]',
  bundle: true,
  splitting: true,
  packages: 'external',
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  sourcemap: true,
  sourcesContent: false,
})
