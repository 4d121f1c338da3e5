import { TextInput } from '@mantine/core'

export const WEIGHT_ISSUE = 'The weight must be a number, e.g. 1 or 0.5.'

export function isWeight(text: string): boolean {
  return /^\d+(\.\d+)?$/.test(text.trim())
}

export interface WeightFieldProps {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly error: string | undefined
}

/** A key's share of the traffic. */
export function WeightField({ value, onChange, error }: WeightFieldProps) {
  return (
    <TextInput
      label="Weight"
      description="Share of calls among the enabled keys."
      inputMode="decimal"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error}
    />
  )
}
