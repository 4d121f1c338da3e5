import type { CallerRules } from '../../auth/caller-rules.ts'

/** ZIRI contract, "What we implement". */
export const RULES: CallerRules = {
  keyCharacters: 'ascii',
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
