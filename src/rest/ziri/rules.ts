import type { CallerRules } from '../../auth/caller-rules.ts'
import { DIALECT_RULES } from '../dialect-rules.ts'
import { NAME_ALIASES, TEMPLATES } from './templates.ts'

/** ZIRI contract, "What we implement". */
export const RULES: CallerRules = { ...DIALECT_RULES, templates: TEMPLATES, nameAliases: NAME_ALIASES }
