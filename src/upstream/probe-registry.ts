import type { Probe } from './probe.ts'
import type { ProviderType, ProviderTypeInfo } from './provider-type.ts'
import { anthropic } from './types/anthropic.ts'
import { azure } from './types/azure.ts'
import { bedrock } from './types/bedrock.ts'
import { copilot } from './types/copilot.ts'
import { google } from './types/google.ts'
import { openai } from './types/openai.ts'
import { openaiCompat } from './types/openai-compat.ts'
import { openrouter } from './types/openrouter.ts'
import { vercel } from './types/vercel.ts'

/** One probe for each type: a type without one does not compile. */
const PROBES = {
  ANTHROPIC: anthropic,
  AZURE: azure,
  BEDROCK: bedrock,
  COPILOT: copilot,
  GOOGLE: google,
  OPENAI: openai,
  OPENAI_COMPAT: openaiCompat,
  OPENROUTER: openrouter,
  VERCEL: vercel,
} as const satisfies Record<ProviderType, Probe>

/** How providers of a type are tested. */
export function probeOf(type: ProviderType): Probe {
  return PROBES[type]
}

/** What the catalogue says of a type. */
export function providerTypeInfo(type: ProviderType): ProviderTypeInfo {
  return PROBES[type].info
}
