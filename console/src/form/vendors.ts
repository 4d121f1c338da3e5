import type { ProviderTypesQuery } from '../generated/documents.ts'
import { TYPES, typeName } from '../parts/provider-types.ts'
import type { Vendor } from '../parts/vendor.ts'
import type { ProviderDraft } from './provider-draft.ts'

export type TypeCatalogue = ProviderTypesQuery['providerTypes']

/** A vendor with what a new provider of it begins with. */
export interface CatalogueVendor extends Vendor, Pick<ProviderDraft, 'name' | 'displayName' | 'baseUrl'> {}

/** The type that other vendors than those known by name have as well. */
const ANY_VENDOR = 'OPENAI_COMPAT'

/** Every vendor to choose from: types first, in their usual order, then those known by name, and last any other one. */
export function vendorsOf(catalogue: TypeCatalogue): readonly CatalogueVendor[] {
  const types = catalogue.map(
    ({ type, defaultBaseUrl }): CatalogueVendor => ({
      ...{ key: type, type, label: typeName(type), displayName: '', baseUrl: defaultBaseUrl ?? '' },
      name: type === ANY_VENDOR ? '' : type.toLowerCase().replaceAll('_', '-'),
      hint: type === ANY_VENDOR ? 'Any other vendor, or your own server' : '',
    }),
  )
  const presets = catalogue.flatMap(({ type, presets: known }) =>
    known.map(
      ({ name, displayName, defaultBaseUrl }): CatalogueVendor => ({
        ...{ key: `${type}/${name}`, type, label: displayName, hint: '', name, displayName, baseUrl: defaultBaseUrl },
      }),
    ),
  )
  const named = types
    .filter(({ type }) => type !== ANY_VENDOR)
    .toSorted((one, other) => TYPES.indexOf(one.type) - TYPES.indexOf(other.type))
  return [...named, ...presets, ...types.filter(({ type }) => type === ANY_VENDOR)]
}

/** The key of the vendor that a draft is of: by its name, else by its endpoint, else its type. */
export function vendorKeyOf({ type, name, baseUrl }: ProviderDraft, vendors: readonly CatalogueVendor[]): string {
  const ofType = vendors.filter((vendor) => vendor.type === type && vendor.key !== type)
  return (ofType.find((vendor) => vendor.name === name) ?? ofType.find((vendor) => vendor.baseUrl === baseUrl))?.key ?? type
}

/** What a choice changes: the type, and of name, display name and endpoint what nobody has typed. */
export function chooseVendor(draft: ProviderDraft, vendor: CatalogueVendor, vendors: readonly CatalogueVendor[]): Partial<ProviderDraft> {
  const isOurs = (field: 'name' | 'displayName' | 'baseUrl') => draft[field] === '' || vendors.some((one) => one[field] === draft[field])
  return {
    type: vendor.type,
    ...(isOurs('name') ? { name: vendor.name } : {}),
    ...(isOurs('displayName') ? { displayName: vendor.displayName } : {}),
    ...(isOurs('baseUrl') ? { baseUrl: vendor.baseUrl } : {}),
  }
}
