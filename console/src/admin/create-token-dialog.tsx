import { Button, Code, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { Issue } from '../form/issues.ts'
import { whyNoResult } from '../gateway/problem.ts'
import { CreateAccessTokenDocument } from '../generated/documents.ts'
import { Dialog } from '../parts/dialog.tsx'
import { CheckIcon, CopyIcon } from '../parts/icons.tsx'
import { useCopy } from '../parts/use-copy.ts'
import { useSession } from '../session/session.ts'
import { type ChosenProvider, NO_CALLS, toScopeInput } from './call-scope-draft.ts'
import { endInDays } from './token-ends.ts'
import { type TokenDraft, TokenForm } from './token-form.tsx'

/** What a token may call and nothing else. */
export interface TokenScope {
  readonly providers: readonly ChosenProvider[]
  /** Names of models; every model of the providers when there is none. */
  readonly models: readonly string[]
}

export interface CreateTokenDialogProps {
  /** What the token is to call; any token when omitted. */
  readonly scope?: TokenScope
  readonly onCreated: () => void
  readonly onClose: () => void
}

/** Makes a token, and shows its value this once. It lives in this dialog alone and is gone when the dialog closes. */
export function CreateTokenDialog({ scope, onCreated, onClose }: CreateTokenDialogProps) {
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
      {value === null ? (
        <NewTokenForm start={scope === undefined ? ANY_TOKEN : tokenFor(scope)} onMade={finish} onClose={onClose} />
      ) : (
        <MadeToken value={value} onClose={onClose} />
      )}
    </Dialog>
  )
}

const ANY_TOKEN: TokenDraft = { name: '', role: 'VIEWER', end: '90', calls: NO_CALLS }

/** A token that can do nothing else than make these calls. */
function tokenFor({ providers, models }: TokenScope): TokenDraft {
  const chosen = providers.map(({ id, name, displayName }) => ({ id, name, displayName }))
  return { ...ANY_TOKEN, role: 'CALLER', calls: { ...NO_CALLS, mayCall: true, providers: chosen, models: models.join('\n') } }
}

interface NewTokenFormProps {
  readonly start: TokenDraft
  readonly onMade: (value: string) => void
  readonly onClose: () => void
}

function NewTokenForm({ start, onMade, onClose }: NewTokenFormProps) {
  const { writes } = useSession().clients
  const create = async ({ name, role, end, calls }: TokenDraft): Promise<readonly Issue[]> => {
    const scope = toScopeInput(role === 'CALLER' ? { ...calls, mayCall: true } : calls)
    const input = { name, role, expiresAt: end === 'never' ? null : endInDays(end), calls: scope }
    const { data, error } = await writes.mutation(CreateAccessTokenDocument, { input }).toPromise()
    if (data === undefined) return [{ path: [], message: whyNoResult(error) }]
    const result = data.createAccessToken
    if (result.__typename === 'ValidationError') return result.issues
    onMade(result.value)
    return []
  }
  return <TokenForm start={start} action="Create token" onSubmit={create} onClose={onClose} />
}

function MadeToken({ value, onClose }: { readonly value: string; readonly onClose: () => void }) {
  const { copied, copy } = useCopy(value)
  return (
    <Stack gap="md">
      <Text fz="sm">
        It is shown only once. Store it in a password manager. Programs send it as <Code>Authorization: Bearer</Code>.
      </Text>
      <code className="made-token">{value}</code>
      <Group justify="flex-end">
        <Button variant="default" leftSection={copied ? <CheckIcon size={16} /> : <CopyIcon size={16} />} onClick={copy} autoFocus>
          {copied ? 'Copied' : 'Copy'}
        </Button>
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  )
}
