import type { DocumentNode, Token } from 'graphql'
import { LRUCache } from 'lru-cache'

/** What all parsed documents may take together, and all errors of documents that cannot be parsed. */
const MAX_DOCUMENT_BYTES = 8 * 1_024 * 1_024
const MAX_ERROR_BYTES = 1_024 * 1_024

/** What a token takes, with the nodes that are made of it; measured, and rounded up. */
const TOKEN_BYTES = 512
/** What an entry takes besides. */
const ENTRY_BYTES = 1_024

/**
 * Keeps parsed documents by what they take in memory: a thousand hostile ones take no more than a thousand small ones.
 * The results of their validation hang on the documents, and go with them.
 */
export function createDocumentCaches() {
  return {
    documentCache: new LRUCache<string, DocumentNode>({
      maxSize: MAX_DOCUMENT_BYTES,
      sizeCalculation: (document, source) => ENTRY_BYTES + 4 * source.length + TOKEN_BYTES * tokensOf(document),
    }),
    errorCache: new LRUCache<string, Error>({
      maxSize: MAX_ERROR_BYTES,
      // The error has the source as well, and a trace.
      sizeCalculation: (error, source) => 4 * ENTRY_BYTES + 4 * source.length + 2 * error.message.length,
    }),
  }
}

/** Comments are tokens too, which no limit counts, and which the document keeps. */
function tokensOf({ loc }: DocumentNode): number {
  let count = 0
  for (let token: Token | null = loc?.startToken ?? null; token !== null; token = token.next) count += 1
  return count
}
