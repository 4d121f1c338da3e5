import type { ProviderType } from '../generated/prisma-sqlite/enums.ts'
import { parseTarget } from '../upstream/client/target.ts'
import { probeOf, providerTypeInfo } from '../upstream/vendors/probe-registry.ts'
import { PROVIDER_TYPES } from '../upstream/vendors/provider-type.ts'
import { presetByName, VENDOR_PRESETS } from '../upstream/vendors/vendor-presets.ts'

/** What a new provider takes from its name, where its maker left a field out. */
export interface VendorDefaults {
  readonly type: ProviderType
  /** Null when every customer of the vendor has an endpoint of their own. */
  readonly baseUrl: string | null
  readonly displayName: string
}

/** Other names under which a vendor with a type of its own is known. */
const ALIASES: ReadonlyMap<string, ProviderType> = new Map([
  ['gemini', 'GOOGLE'],
  ['github-copilot', 'COPILOT'],
  ['azure-openai', 'AZURE'],
])

/** The defaults of the vendor that a provider's name stands for; null for a name that is nobody's. */
export function vendorDefaults(name: string): VendorDefaults | null {
  const preset = presetByName(name)
  if (preset !== null) return { type: 'OPENAI_COMPAT', baseUrl: preset.defaultBaseUrl, displayName: preset.displayName }
  const named = PROVIDER_TYPES.find((type) => type !== 'OPENAI_COMPAT' && type.toLowerCase() === name)
  const type = named ?? ALIASES.get(name)
  if (type === undefined) return null
  const { defaultBaseUrl, displayName } = providerTypeInfo(type)
  return { type, baseUrl: defaultBaseUrl, displayName }
}

/** Every name that stands for a vendor. */
export function knownVendorNames(): readonly string[] {
  const types = PROVIDER_TYPES.filter((type) => type !== 'OPENAI_COMPAT').map((type) => type.toLowerCase())
  return [...types, ...ALIASES.keys(), ...VENDOR_PRESETS.map(({ name }) => name)]
}

/** The type whose vendor's own host a base URL names; null for all other hosts. */
export function typeByHost(baseUrl: string): ProviderType | null {
  const parsed = parseTarget(baseUrl.trim())
  if (parsed.kind === 'invalid') return null
  const { hostname, isSecure } = parsed.target
  return (isSecure && PROVIDER_TYPES.find((type) => probeOf(type).vendorHost.test(hostname))) || null
}
