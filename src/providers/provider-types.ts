import type { ProviderType } from '../generated/prisma-sqlite/enums.ts'
import { providerTypeInfo } from '../upstream/vendors/probe-registry.ts'
import { PROVIDER_TYPES, type ProviderTypeInfo } from '../upstream/vendors/provider-type.ts'
import { presetByName, VENDOR_PRESETS, type VendorPreset } from '../upstream/vendors/vendor-presets.ts'

export type { ProviderTypeInfo, VendorPreset }

/** The catalogue of types: the protocols that the gateway knows how to test. */
export function providerTypes(): readonly ProviderTypeInfo[] {
  return PROVIDER_TYPES.map(providerTypeInfo)
}

/** The vendors of a type that the gateway knows by name. */
export function presetsOf(type: ProviderType): readonly VendorPreset[] {
  return type === 'OPENAI_COMPAT' ? VENDOR_PRESETS : []
}

/** The preset that a new provider of this name gets, by its name; null for a vendor that is not known. */
export function presetNameFor(type: ProviderType, name: string): string | null {
  return presetsOf(type).find((preset) => preset === presetByName(name))?.name ?? null
}
