import { Alert, Button, Code, CopyButton, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { type Issue, issueAt, issuesElsewhere } from '../form/issues.ts'
import { problemOf } from '../gateway/problem.ts'
import { CreateAccessTokenDocument, type Role } from '../generated/documents.ts'
import { Dialog } from '../parts/dialog.tsx'
import { CheckIcon, CopyIcon } from '../parts/icons.tsx'
import { useSession } from '../session/session.ts'

export interface CreateTokenDialogProps {
  readonly onCreated: () => void
  readonly onClose: () => void
}

const ROLES: readonly { readonly value: Role; readonly label: string }[] = [
  { value: 'VIEWER', label: 'Viewer: reads, masks only' },
  { value: 'EDITOR', label: 'Editor: also writes and tests' },
  { value: 'ADMIN', label: 'Admin: also tokens and the audit log' },
]
const DAYS = [
  { value: '', label: 'Never' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
]
const DAY_MS = 86_400_000

/** Makes a token, and shows its value this once. It lives in this dialog alone and is gone when the dialog closes. */
export function CreateTokenDialog({ onCreated, onClose }: CreateTokenDialogProps) {
  const [value, setValue] = useState<string | null>(null)
  const finish = (made: string) => {
    setValue(made)
    onCreated()
  }
  return (
    <Dialog
      onClose={onClose}
      title={value === null ? 'Create a token' : 'Copy the token now'}
      closeOnClickOutside={value === null}
      closeOnEscape={value === null}
    >
      {value === null ? <TokenForm onMade={finish} onClose={onClose} /> : <MadeToken value={value} onClose={onClose} />}
    </Dialog>
  )
}

interface TokenFormProps {
  readonly onMade: (value: string) => void
  readonly onClose: () => void
}

function TokenForm({ onMade, onClose }: TokenFormProps) {
  const { writes } = useSession().clients
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('VIEWER')
  const [days, setDays] = useState('90')
  const [isBusy, setBusy] = useState(false)
  const [issues, setIssues] = useState<readonly Issue[]>([])

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    const expiresAt = days === '' ? null : new Date(Date.now() + Number(days) * DAY_MS).toISOString()
    const { data, error } = await writes.mutation(CreateAccessTokenDocument, { input: { name, role, expiresAt } }).toPromise()
    setBusy(false)
    if (data === undefined)
      return setIssues([{ path: [], message: error === undefined ? 'The gateway gave no answer.' : problemOf(error).message }])
    const result = data.createAccessToken
    if (result.__typename === 'ValidationError') return setIssues(result.issues)
    onMade(result.value)
  }
  const elsewhere = issuesElsewhere(issues, ['name', 'expiresAt'])
  return (
    <form onSubmit={(event) => void submit(event)} method="post" noValidate>
      <Stack gap="md">
        <TextInput
          label="Name"
          description="Who or what will use it."
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={issueAt(issues, 'name')}
          data-autofocus
        />
        <NativeSelect
          label="Role"
          data={[...ROLES]}
          value={role}
          onChange={(event) => setRole(ROLES.find((one) => one.value === event.currentTarget.value)?.value ?? 'VIEWER')}
        />
        <NativeSelect
          label="Expires"
          data={DAYS}
          value={days}
          onChange={(event) => setDays(event.currentTarget.value)}
          error={issueAt(issues, 'expiresAt')}
        />
        {elsewhere.length > 0 && (
          <Alert color="red" role="alert">
            {elsewhere.map(({ message }) => message).join(' ')}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={isBusy}>
            Create token
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function MadeToken({ value, onClose }: { readonly value: string; readonly onClose: () => void }) {
  return (
    <Stack gap="md">
      <Text fz="sm">
        It is shown this once. Keep it where you keep passwords. Programs send it as <Code>Authorization: Bearer</Code>.
      </Text>
      <code className="made-token">{value}</code>
      <Group justify="flex-end">
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <Button variant="default" leftSection={copied ? <CheckIcon size={16} /> : <CopyIcon size={16} />} onClick={copy} autoFocus>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
        <Button onClick={onClose}>I have kept it</Button>
      </Group>
    </Stack>
  )
}
