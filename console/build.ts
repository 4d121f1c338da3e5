import { build } from 'vite'

/** Builds the console into `console/dist`. Works without a network, and makes the same files from the same sources. */
await build({ root: 'console', logLevel: 'warn' })
