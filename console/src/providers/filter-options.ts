import { STATUSES } from '../parts/test-status.tsx'
import { NOT_TESTED } from './list-view.tsx'

/** How the latest test ended, to filter by. */
export const STATUS_OPTIONS = [
  { value: '', label: 'Any outcome' },
  { value: NOT_TESTED, label: 'Not tested' },
  ...Object.entries(STATUSES).map(([value, { label }]) => ({ value, label })),
]

export const ENABLED_OPTIONS = [
  { value: '', label: 'Any state' },
  { value: 'true', label: 'Enabled' },
  { value: 'false', label: 'Disabled' },
]
