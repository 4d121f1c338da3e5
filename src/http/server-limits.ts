/** The same for every other request. */
export const REQUEST_TIMEOUT_MS = 30_000

/** What a slow or oversized request may take of the server before anybody looks at it; times in milliseconds. */
export const SERVER_LIMITS = {
  /** From the first byte to the end of the headers: a client that sends them drop by drop is cut off. */
  headersTimeout: 10_000,
  /** From the first byte to the end of the body, of the longest that may come: an upload to a model. */
  requestTimeout: 300_000,
  /** How long a connection may be idle between requests: longer than clients and proxies keep one (nginx: 60 s), so that none is found closed. */
  keepAliveTimeout: 65_000,
  /** Bytes of the request line and all headers. */
  maxHeaderSize: 16_384,
  connectionsCheckingInterval: 1_000,
  /** Looked at by `listener.ts`, whose answers have our headers. */
  requireHostHeader: false,
}
