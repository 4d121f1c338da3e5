import type { ProviderType } from '../generated/documents.ts'

const TYPE_NAMES: Readonly<Record<ProviderType, string>> = {
  ANTHROPIC: 'Anthropic',
  AZURE: 'Azure OpenAI',
  BEDROCK: 'Amazon Bedrock',
  COPILOT: 'GitHub Copilot',
  GOOGLE: 'Google Gemini',
  OPENAI: 'OpenAI',
  OPENAI_COMPAT: 'OpenAI-compatible',
  OPENROUTER: 'OpenRouter',
  VERCEL: 'Vercel AI Gateway',
}

export const TYPES = [
  ...(['OPENAI', 'ANTHROPIC', 'AZURE', 'BEDROCK', 'GOOGLE', 'OPENAI_COMPAT', 'OPENROUTER', 'VERCEL'] as const),
  'COPILOT',
] as const satisfies readonly ProviderType[]

/** What people call a type; a newer gateway may have more of them. */
export function typeName(type: ProviderType): string {
  return TYPE_NAMES[type] ?? type
}
