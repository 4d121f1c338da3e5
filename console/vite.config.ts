import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import gateway from '../package.json' with { type: 'json' }

/** Builds the files that the gateway serves at `/console`. */
export default defineConfig({
  base: '/console/',
  plugins: [react()],
  // The console is a part of the gateway that serves it.
  define: { GATEWAY_VERSION: JSON.stringify(gateway.version) },
  html: {
    // The gateway puts a nonce of its own here into each answer (src/console/console-pages.ts).
    cspNonce: 'CONSOLE-CSP-NONCE',
  },
  build: {
    // An image inside a style sheet would be a data URL; apart it is cached, and the policy stays strict.
    assetsInlineLimit: 0,
    // Every browser that has what the console uses loads modules by itself.
    modulePreload: { polyfill: false },
    // The budget is of compressed bytes, and a test holds it: 300 KB for everything that the first page loads.
    chunkSizeWarningLimit: 900,
  },
})
