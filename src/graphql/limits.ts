/**
 * What one GraphQL request may cost. A registry's pages stay far below; a hostile document ends before it works.
 * `nodes` counts the objects that a request can return: each page by its size, times the pages it stands in.
 */
export const LIMITS = {
  bodyBytes: 1_000_000,
  /** Of one answer, or of one event of a subscription, as JSON. */
  answerBytes: 16_777_216,
  /** Of the body that opens a subscription: it is kept for as long as that. */
  subscriptionBytes: 16_384,
  /** Levels of arrays and objects in a body. */
  jsonDepth: 32,
  /** Of a document, before it is parsed. */
  documentBytes: 65_536,
  /** Of a text to find something by: as many as the longest name of a provider has. */
  soughtCharacters: 1_000,
  /** Of a text to search for. */
  searchCharacters: 200,
  /** Tokens of a document, counted while parsing; also keeps deep nesting from exhausting the stack. */
  tokens: 1_000,
  depth: 10,
  /** Fields in all. */
  breadth: 100,
  nodes: 2_000,
  /** Root fields, aliases counted one by one. */
  rootFields: 20,
  defaultPageSize: 20,
  maxPageSize: 100,
} as const
