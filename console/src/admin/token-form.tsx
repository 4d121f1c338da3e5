import { NativeSelect, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { DialogButtons, DialogIssues } from '../form/dialog-end.tsx'
import { type Issue, issueAt, issuesElsewhere } from '../form/issues.ts'
import type { Role } from '../generated/documents.ts'
import type { CallScopeDraft } from './call-scope-draft.ts'
import { CallScopeFields, SCOPE_PATHS } from './call-scope-fields.tsx'
import { ENDS } from './token-ends.ts'

const ROLES: readonly { readonly value: Role; readonly label: string }[] = [
  { value: 'CALLER', label: 'Caller: model calls only' },
  { value: 'VIEWER', label: 'Viewer: reads; sees only masks' },
  { value: 'EDITOR', label: 'Editor: also writes and tests' },
  { value: 'ADMIN', label: 'Admin: also tokens and the audit log' },
]
/** The end that a token has already. */
const KEPT_END = { value: 'keep', label: 'Unchanged' }

/** A token while somebody edits it. */
export interface TokenDraft {
  readonly name: string
  readonly role: Role
  /** `never`, a number of days, or `keep`. */
  readonly end: string
  readonly calls: CallScopeDraft
}

export interface TokenFormProps {
  readonly start: TokenDraft
  /** What the button says. */
  readonly action: string
  /** Returns what is wrong; nothing when it is done. */
  readonly onSubmit: (draft: TokenDraft) => Promise<readonly Issue[]>
  readonly onClose: () => void
}

/** What can be said of a token. The role of one that exists stays. */
export function TokenForm({ start, action, onSubmit, onClose }: TokenFormProps) {
  const [draft, setDraft] = useState(start)
  const [isBusy, setBusy] = useState(false)
  const [issues, setIssues] = useState<readonly Issue[]>([])
  const isNew = start.end !== KEPT_END.value
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setIssues(await onSubmit(draft))
    setBusy(false)
  }
  const elsewhere = issuesElsewhere(issues, ['name', 'expiresAt', ...SCOPE_PATHS]).filter(({ path }) => path[1] !== 'models')
  return (
    <form onSubmit={(event) => void submit(event)} method="post" noValidate>
      <Stack gap="md">
        <MainFields draft={draft} isNew={isNew} issues={issues} onChange={setDraft} />
        <CallScopeFields
          draft={draft.calls}
          isCaller={draft.role === 'CALLER'}
          issues={issues}
          onChange={(calls) => setDraft({ ...draft, calls })}
        />
        <DialogIssues issues={elsewhere} />
        <DialogButtons action={action} isBusy={isBusy} onClose={onClose} />
      </Stack>
    </form>
  )
}

interface MainFieldsProps {
  readonly draft: TokenDraft
  readonly isNew: boolean
  readonly issues: readonly Issue[]
  readonly onChange: (draft: TokenDraft) => void
}

function MainFields({ draft, isNew, issues, onChange }: MainFieldsProps) {
  return (
    <>
      <TextInput
        label="Name"
        description="The person or tool that uses it."
        value={draft.name}
        onChange={(event) => onChange({ ...draft, name: event.currentTarget.value })}
        error={issueAt(issues, 'name')}
        data-autofocus
      />
      {isNew && (
        <NativeSelect
          label="Role"
          data={[...ROLES]}
          value={draft.role}
          onChange={(event) =>
            onChange({ ...draft, role: ROLES.find((one) => one.value === event.currentTarget.value)?.value ?? 'VIEWER' })
          }
        />
      )}
      <NativeSelect
        label="Expires"
        data={isNew ? ENDS : [KEPT_END, ...ENDS]}
        value={draft.end}
        onChange={(event) => onChange({ ...draft, end: event.currentTarget.value })}
        error={issueAt(issues, 'expiresAt')}
      />
    </>
  )
}
