/** What a slow or oversized request may take of the server before anybody looks at it; times in milliseconds. */
export const SERVER_LIMITS = {
  /** From the first byte to the end of the headers: a client that sends them drop by drop is cut off. */
  headersTimeout: 10_000,
  /** From the first byte to the end of the body. */
  requestTimeout: 30_000,
  /** How long a connection may be idle between requests. */
  keepAliveTimeout: 10_000,
  /** Bytes of the request line and all headers. */
  maxHeaderSize: 16_384,
  connectionsCheckingInterval: 1_000,
  /** Looked at by `listener.ts`, whose answers have our headers. */
  requireHostHeader: false,
}
