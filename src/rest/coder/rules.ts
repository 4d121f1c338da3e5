import type { CallerRules } from '../../auth/caller-rules.ts'
import { DIALECT_RULES } from '../dialect-rules.ts'

/** Coder takes any text as a key, and any URL that it can parse (Coder contract, sections 2 and 3). */
export const RULES: CallerRules = { ...DIALECT_RULES, keyCharacters: 'any' }
