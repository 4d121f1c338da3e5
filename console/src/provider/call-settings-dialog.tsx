import { Alert, Radio, Stack, Textarea } from '@mantine/core'
import { useState } from 'react'
import { type Issue, issuesElsewhere } from '../form/issues.ts'
import type { CallRoutes, ProviderDetailsFragment } from '../generated/documents.ts'
import { isolated } from '../parts/format.ts'
import { KeyDialog } from './key-dialog.tsx'
import { useChangeProvider } from './use-change-provider.ts'

export interface CallSettingsDialogProps {
  readonly provider: ProviderDetailsFragment
  readonly onClose: () => void
}

/** What an admin decides about the calls to a provider, with what it risks. */
export function CallSettingsDialog({ provider, onClose }: CallSettingsDialogProps) {
  const { isBusy, change } = useChangeProvider(provider)
  // As they were when the dialog opened: what others change meanwhile is not what this person has chosen.
  const [begun] = useState({ routes: provider.callRoutes, headers: provider.callHeaders.join('\n') })
  const [routes, setRoutes] = useState<CallRoutes>(begun.routes)
  const [headers, setHeaders] = useState(begun.headers)
  const [issues, setIssues] = useState<readonly Issue[]>([])
  const names = headers.split(/[\s,]+/).filter((name) => name !== '')

  const submit = async () => {
    const changes = {
      ...(routes === begun.routes ? {} : { callRoutes: routes }),
      ...(headers === begun.headers ? {} : { callHeaders: names }),
    }
    const outcome = await change(changes, 'The model calls were changed')
    if (outcome === 'done') return onClose()
    setIssues(outcome?.__typename === 'ValidationError' ? outcome.issues : [])
  }
  const ofHeaders = issues.filter(({ path: [field] }) => field === 'callHeaders')
  return (
    <KeyDialog
      title={`Model calls to ${isolated(provider.displayName)}`}
      action="Save"
      isBusy={isBusy}
      issues={issuesElsewhere(
        issues,
        ofHeaders.map(({ path }) => path.join('.')),
      )}
      onSubmit={() => void submit()}
      onType={() => setIssues([])}
      onClose={onClose}
    >
      <RouteFields routes={routes} onChange={setRoutes} />
      <Textarea
        label="More headers"
        description="Additional headers that callers may send to the vendor, one per line. Headers of the SDKs always pass."
        autosize
        minRows={2}
        maxRows={8}
        value={headers}
        onChange={(event) => setHeaders(event.currentTarget.value)}
        error={ofHeaders.length === 0 ? undefined : ofHeaders.map((issue) => headerIssue(issue, names)).join(' ')}
      />
      {names.length > 0 && (
        <Alert color="yellow" title="A header can send the key elsewhere">
          If the endpoint is a relay, some headers tell it where to send the request, and the stored key goes with it. Allow only headers
          whose meaning at this endpoint you know.
        </Alert>
      )}
    </KeyDialog>
  )
}

interface RouteFieldsProps {
  readonly routes: CallRoutes
  readonly onChange: (routes: CallRoutes) => void
}

function RouteFields({ routes, onChange }: RouteFieldsProps) {
  return (
    <>
      <Radio.Group label="Routes" value={routes} onChange={(value) => onChange(value === 'ALL' ? 'ALL' : 'STANDARD')}>
        <Stack gap="xs" mt="xs">
          <Radio value="STANDARD" label="Model calls only" description="Chats, messages, embeddings, images, audio, lists of models." />
          <Radio value="ALL" label="Every route of the API" description="Also files, batches, fine-tuning, organizations and keys." />
        </Stack>
      </Radio.Group>
      {routes === 'ALL' && (
        <Alert color="yellow" title="Callers may manage the account">
          Each token that may call this provider can do whatever its keys allow at the vendor: with an admin key also make keys and read the
          files of others.
        </Alert>
      )}
    </>
  )
}

/** What is wrong, with the name that it is wrong with. */
function headerIssue({ path: [, index], message }: Issue, names: readonly string[]): string {
  const name = index === undefined ? undefined : names[Number(index)]
  return name === undefined ? message : `${name}: ${message}`
}
