declare global {
  /** The version of the gateway that the console was built with; `vite.config.ts` puts it in. */
  const GATEWAY_VERSION: string
}

export {}
