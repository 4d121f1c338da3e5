import { NativeSelect, TextInput } from '@mantine/core'
import type { AuditAction } from '../generated/documents.ts'
import { useUrlFields } from '../parts/use-url-state.ts'
import { wordsOf } from './event-row.tsx'

/** The actions that are asked for most; the log may have others. */
export const AUDIT_ACTIONS: readonly AuditAction[] = [
  'PROVIDER_CREATED',
  'PROVIDER_UPDATED',
  'PROVIDER_DELETED',
  'PROVIDER_TESTED',
  'PROVIDER_DRAFT_TESTED',
  'PROVIDER_CHANGE_REFUSED',
  'ACCESS_TOKEN_CREATED',
  'ACCESS_TOKEN_UPDATED',
  'ACCESS_TOKEN_REVOKED',
  'MODEL_ROUTE_CREATED',
  'MODEL_ROUTE_UPDATED',
  'MODEL_ROUTE_DELETED',
]

const ACTION_OPTIONS = [{ value: '', label: 'Any action' }, ...AUDIT_ACTIONS.map((value) => ({ value, label: wordsOf(value) }))]

/** Which events are shown: about what, by whom, of which kind, from when to when. */
export function AuditToolbar() {
  const field = useUrlFields()
  return (
    <search className="list-toolbar audit-toolbar">
      <TextInput label="About" placeholder="Name of a provider, token or route, or a UUID" type="search" {...field('about')} />
      <TextInput label="Who" placeholder="Name of who did it" type="search" {...field('who')} />
      <NativeSelect label="Action" data={ACTION_OPTIONS} {...field('action')} />
      <TextInput label="From" type="date" {...field('from')} />
      <TextInput label="To" type="date" {...field('until')} />
    </search>
  )
}
