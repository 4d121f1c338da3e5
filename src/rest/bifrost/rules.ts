import type { CallerRules } from '../../auth/caller-rules.ts'

/** Keys bring what providers hold elsewhere, and their names are unique (Bifrost contract, decisions at its top, sections 2.1 and 2.6). */
export const RULES: CallerRules = {
  keyCharacters: 'ascii',
  endpoint: 'lenient',
  refusesPrivateEndpoint: true,
  mayBePlaceholder: true,
  uniqueKeyNames: true,
  bedrockCredentials: 'keys',
  refusesUnsetVariable: true,
  refusesPastedText: false,
  testsWithoutKey: false,
  pageLimit: 500,
  boundsQueries: false,
}
