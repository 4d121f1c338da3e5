import { anthropic } from './anthropic.ts'
import { azure } from './azure.ts'
import { bedrock } from './bedrock.ts'
import { copilot } from './copilot.ts'
import { google } from './google.ts'
import { openai } from './openai.ts'
import { openaiCompat } from './openai-compat.ts'
import { openrouter } from './openrouter.ts'
import type { Probe } from './probe.ts'
import type { ProviderType, ProviderTypeInfo } from './provider-type.ts'
import { vercel } from './vercel.ts'

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
