/** `CACHE_MAX_BYTES=0 npm test` runs the whole suite with the cache off; without it the cache is on, as by default. */
export const cacheEnvironment: Readonly<Record<string, string>> =
  process.env.CACHE_MAX_BYTES === undefined ? {} : { CACHE_MAX_BYTES: process.env.CACHE_MAX_BYTES }
