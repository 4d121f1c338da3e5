import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { type Issue, issueAt, issuesElsewhere } from '../form/issues.ts'
import type { KeyFieldsFragment, ProviderDetailsFragment } from '../generated/documents.ts'
import { KeyDialog } from './key-dialog.tsx'
import { useChangeProvider } from './use-change-provider.ts'
import { isWeight, WEIGHT_ISSUE, WeightField } from './weight-field.tsx'

export interface EditKeyDialogProps {
  readonly provider: ProviderDetailsFragment
  readonly apiKey: KeyFieldsFragment
  readonly onClose: () => void
}

const PATH = ['apiKeys', '0', 'keep']

/** Changes what is not secret of a key. */
export function EditKeyDialog({ provider, apiKey, onClose }: EditKeyDialogProps) {
  const { isBusy, change } = useChangeProvider(provider)
  // As it was when the dialog opened: what others change meanwhile is not what this person has typed.
  const [begun] = useState({ name: apiKey.name ?? '', weight: String(apiKey.weight) })
  const [name, setName] = useState(begun.name)
  const [weight, setWeight] = useState(begun.weight)
  const [issues, setIssues] = useState<readonly Issue[]>([])

  const submit = async () => {
    if (!isWeight(weight)) return setIssues([{ path: [...PATH, 'weight'], message: WEIGHT_ISSUE }])
    const keep = {
      id: apiKey.id,
      ...(name === begun.name ? {} : { name }),
      ...(weight === begun.weight ? {} : { weight: Number(weight) }),
    }
    const outcome = await change({ keepOtherApiKeys: true, apiKeys: [{ keep }] }, `The key ${apiKey.masked} was changed`)
    if (outcome === 'done') return onClose()
    setIssues(outcome?.__typename === 'ValidationError' ? outcome.issues : [])
  }

  return (
    <KeyDialog
      title={`Key ${apiKey.masked}`}
      action="Save"
      isBusy={isBusy}
      issues={issuesElsewhere(issues, [`${PATH.join('.')}.name`, `${PATH.join('.')}.weight`])}
      onSubmit={() => void submit()}
      onType={() => setIssues([])}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={issueAt(issues, ...PATH, 'name')}
        data-autofocus
      />
      <WeightField value={weight} onChange={setWeight} error={issueAt(issues, ...PATH, 'weight')} />
    </KeyDialog>
  )
}
