import { Select } from '@mantine/core'
import { ProviderIcon } from './provider-icon.tsx'
import type { Vendor } from './vendor.ts'

export interface VendorPickerProps<Choice extends Vendor> {
  readonly vendors: readonly Choice[]
  /** The key of the chosen one; empty for none. */
  readonly value: string
  readonly onChange: (vendor: Choice | null) => void
  /** Shown above the field; without one it is named "Vendor" for who hears the page. */
  readonly label?: string
  readonly description?: string
  /** What the first entry says, which chooses none. Without it one is always chosen. */
  readonly none?: string
}

/** Finds a vendor by a part of its name. */
export function VendorPicker<Choice extends Vendor>({ vendors, value, onChange, label, description, none }: VendorPickerProps<Choice>) {
  const byKey = new Map(vendors.map((vendor) => [vendor.key, vendor]))
  const chosen = byKey.get(value)
  return (
    <Select
      {...(label === undefined ? { 'aria-label': 'Vendor' } : { label })}
      description={description}
      searchable
      openOnFocus={false}
      allowDeselect={false}
      withCheckIcon={false}
      maxDropdownHeight={320}
      nothingFoundMessage="No vendor matches. Choose OpenAI-compatible."
      data={[...(none === undefined ? [] : [{ value: '', label: none }]), ...vendors.map((one) => ({ value: one.key, label: one.label }))]}
      value={chosen?.key ?? (none === undefined ? null : '')}
      onChange={(key) => onChange(byKey.get(key ?? '') ?? null)}
      leftSection={chosen === undefined ? undefined : <VendorSign vendor={chosen} />}
      renderOption={({ option }) => <VendorOption vendor={byKey.get(option.value)} none={option.label} />}
    />
  )
}

interface VendorOptionProps {
  readonly vendor: Vendor | undefined
  /** What stands there for no vendor. */
  readonly none: string
}

function VendorOption({ vendor, none }: VendorOptionProps) {
  if (vendor === undefined) return none
  return (
    <span className="vendor-option">
      <VendorSign vendor={vendor} />
      <span className="vendor-names">
        {vendor.label}
        {vendor.hint !== '' && <span className="dimmed">{vendor.hint}</span>}
      </span>
    </span>
  )
}

function VendorSign({ vendor: { key, type, label } }: { readonly vendor: Vendor }) {
  return <ProviderIcon type={type} size={22} letters={key === type ? null : label.slice(0, 2)} />
}
