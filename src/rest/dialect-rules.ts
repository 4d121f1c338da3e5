import type { CallerRules } from '../auth/caller-rules.ts'

/** What all dialects have in common: programs call them, with what they were given. Each says where its API promises something else. */
export const DIALECT_RULES: CallerRules = {
  keyCharacters: 'ascii',
  endpoint: 'lenient',
  refusesPrivateEndpoint: false,
  mayBePlaceholder: false,
  uniqueKeyNames: false,
  bedrockCredentials: 'settings',
  refusesUnsetVariable: false,
  refusesPastedText: false,
  testsWithoutKey: false,
  templates: new Map(),
  nameAliases: new Map(),
  pageLimit: 500,
  boundsQueries: false,
}
