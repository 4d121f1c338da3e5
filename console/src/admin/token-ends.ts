const DAY_MS = 86_400_000

/** When a token ends, as it is chosen. */
export const ENDS = [
  { value: 'never', label: 'Never' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
]

/** The time so many days from now. */
export function endInDays(days: string): string {
  return new Date(Date.now() + Number(days) * DAY_MS).toISOString()
}
