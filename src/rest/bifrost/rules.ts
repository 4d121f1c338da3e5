import type { CallerRules } from '../../auth/caller-rules.ts'
import { DIALECT_RULES } from '../dialect-rules.ts'
import { NAME_ALIASES } from './names.ts'

/** Keys bring what providers hold elsewhere, and their names are unique (Bifrost contract, decisions at its top, sections 2.1 and 2.6). */
export const RULES: CallerRules = {
  ...DIALECT_RULES,
  refusesPrivateEndpoint: true,
  mayBePlaceholder: true,
  uniqueKeyNames: true,
  bedrockCredentials: 'keys',
  refusesUnsetVariable: true,
  nameAliases: NAME_ALIASES,
}
