import type { CallerRules } from '../../auth/caller-rules.ts'

/** Coder takes any text as a key, and any URL that it can parse (Coder contract, sections 2 and 3). */
export const RULES: CallerRules = {
  keyCharacters: 'any',
  endpoint: 'lenient',
  refusesPrivateEndpoint: false,
  mayBePlaceholder: false,
  uniqueKeyNames: false,
  bedrockCredentials: 'settings',
  refusesUnsetVariable: false,
  refusesPastedText: false,
  testsWithoutKey: false,
  pageLimit: 500,
  boundsQueries: false,
}
