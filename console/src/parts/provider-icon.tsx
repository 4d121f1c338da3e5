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

export interface ProviderIconProps {
  readonly type: ProviderType
  /** What the provider was given: an emoji is shown; a URL is not, since the console asks no other host for anything. */
  readonly icon?: string
  readonly size?: number
  /** In place of those of the type. */
  readonly letters?: string | null
}

/** The picture of a provider, beside its name. */
export function ProviderIcon({ type, icon = '', size = 34, letters = null }: ProviderIconProps) {
  const [ofType, color] = SIGNS[type] ?? ['??', '#4b5563']
  const isEmoji = /\p{Extended_Pictographic}/u.test(icon) && icon.length <= 12
  return (
    <span
      aria-hidden="true"
      className={isEmoji ? 'provider-icon provider-icon-emoji' : 'provider-icon'}
      style={{ width: size, height: size, fontSize: size * (isEmoji ? 0.56 : 0.38), ...(isEmoji ? {} : { background: color }) }}
    >
      {isEmoji ? icon : (letters ?? ofType)}
    </span>
  )
}
