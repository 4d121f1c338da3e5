import type { ProviderType } from '../../generated/coder-documents.ts'
import type { ProviderTypeName } from './wire.ts'

/** The names of the types on the wire (Coder contract, section 2.1). */
export const TYPE_NAMES: Readonly<Record<ProviderType, ProviderTypeName>> = {
  ANTHROPIC: 'anthropic',
  AZURE: 'azure',
  BEDROCK: 'bedrock',
  COPILOT: 'copilot',
  GOOGLE: 'google',
  OPENAI: 'openai',
  OPENAI_COMPAT: 'openai-compat',
  OPENROUTER: 'openrouter',
  VERCEL: 'vercel',
}

/** Finds a type by its name on the wire; null for one that Coder's API does not have. */
export function toProviderType(name: string | null | undefined): ProviderType | null {
  return (
    Object.keys(TYPE_NAMES)
      .filter(isProviderType)
      .find((type) => TYPE_NAMES[type] === name) ?? null
  )
}

function isProviderType(text: string): text is ProviderType {
  return Object.hasOwn(TYPE_NAMES, text)
}
