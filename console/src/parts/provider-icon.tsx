import type { ProviderType } from '../generated/documents.ts'

/** A sign for each type, in the two letters and the colour that it goes by here. */
const SIGNS: Readonly<Record<ProviderType, readonly [letters: string, color: string]>> = {
  ANTHROPIC: ['An', '#a8471f'],
  AZURE: ['Az', '#0a66b7'],
  BEDROCK: ['Be', '#8a4b08'],
  COPILOT: ['Co', '#3d444d'],
  GOOGLE: ['Go', '#1b62c9'],
  OPENAI: ['Op', '#0e6f5c'],
  OPENAI_COMPAT: ['{}', '#4b5563'],
  OPENROUTER: ['Or', '#5b46c9'],
  VERCEL: ['Ve', '#1f2328'],
}

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

export interface ProviderIconProps {
  readonly type: ProviderType
  /** What the provider was given: an emoji is shown; a URL is not, since the console asks no other host for anything. */
  readonly icon?: string
  readonly size?: number
}

/** The picture of a provider, beside its name. */
export function ProviderIcon({ type, icon = '', size = 34 }: ProviderIconProps) {
  const [letters, color] = SIGNS[type] ?? ['??', '#4b5563']
  const isEmoji = /\p{Extended_Pictographic}/u.test(icon) && icon.length <= 12
  return (
    <span
      aria-hidden="true"
      className={isEmoji ? 'provider-icon provider-icon-emoji' : 'provider-icon'}
      style={{ width: size, height: size, fontSize: size * (isEmoji ? 0.56 : 0.38), ...(isEmoji ? {} : { background: color }) }}
    >
      {isEmoji ? icon : letters}
    </span>
  )
}
