import { Button, Group, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useRef } from 'react'
import { DialogButtons, DialogIssues } from '../form/dialog-end.tsx'
import { type Issue, issueAt, issuesElsewhere } from '../form/issues.ts'
import { Dialog } from '../parts/dialog.tsx'
import { newTarget, type RouteDraft, type TargetDraft } from './route-draft.ts'
import { TargetFields } from './target-fields.tsx'

const MOST_TARGETS = 32

export interface RouteFormDialogProps {
  readonly title: string
  /** What the button says. */
  readonly action: string
  readonly draft: RouteDraft
  /** The name of a route that exists stays. */
  readonly isNew: boolean
  readonly issues: readonly Issue[]
  readonly isBusy: boolean
  readonly onChange: (draft: RouteDraft) => void
  readonly onSubmit: () => void
  readonly onClose: () => void
}

/** The form of a route. A press beside it does not close it, so that nothing of what was typed is lost. */
export function RouteFormDialog({ title, action, draft, isNew, issues, isBusy, onChange, onSubmit, onClose }: RouteFormDialogProps) {
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (issues.length > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [issues])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSubmit()
  }
  const elsewhere = issuesElsewhere(issues, shownPaths(draft, isNew))
  return (
    <Dialog onClose={onClose} title={title} size="lg" closeOnClickOutside={false}>
      <form ref={form} onSubmit={submit} method="post" noValidate>
        <Stack gap="md">
          <MainFields draft={draft} isNew={isNew} issues={issues} onChange={onChange} />
          <Targets draft={draft} issues={issues} onChange={onChange} />
          <DialogIssues issues={elsewhere} title="Not saved" />
          <DialogButtons action={action} isBusy={isBusy} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  )
}

type FieldsProps = Pick<RouteFormDialogProps, 'draft' | 'issues' | 'onChange'>

function MainFields({ draft, isNew, issues, onChange }: FieldsProps & Pick<RouteFormDialogProps, 'isNew'>) {
  return (
    <>
      {isNew && (
        <TextInput
          label="Name"
          description="What callers send as the model, e.g. fast. You cannot change it later."
          value={draft.name}
          onChange={(event) => onChange({ ...draft, name: event.currentTarget.value })}
          error={issueAt(issues, 'name')}
          data-autofocus
        />
      )}
      <Textarea
        label="Description"
        autosize
        minRows={1}
        maxRows={6}
        value={draft.description}
        onChange={(event) => onChange({ ...draft, description: event.currentTarget.value })}
        error={issueAt(issues, 'description')}
        data-autofocus={isNew ? undefined : true}
      />
      <Switch
        label="Enabled"
        description="Allow calls to this route"
        checked={draft.enabled}
        onChange={(event) => onChange({ ...draft, enabled: event.currentTarget.checked })}
      />
      <Switch
        label="Try the next target after a timeout"
        description="Both vendors may bill the call."
        checked={draft.retryAfterTimeout}
        onChange={(event) => onChange({ ...draft, retryAfterTimeout: event.currentTarget.checked })}
      />
    </>
  )
}

function Targets({ draft, issues, onChange }: FieldsProps) {
  const add = useRef<HTMLButtonElement>(null)
  const { targets } = draft
  const put = (next: readonly TargetDraft[]) => onChange({ ...draft, targets: next })
  const remove = (key: string) => {
    put(targets.filter((target) => target.key !== key))
    add.current?.focus()
  }
  const error = issueAt(issues, 'targets')
  return (
    <>
      {targets.map((target, index) => (
        <TargetFields
          key={target.key}
          {...{ target, index, issues }}
          count={targets.length}
          onChange={(changed) => put(targets.with(index, changed))}
          onMove={(by) => put(moved(targets, index, by))}
          onRemove={() => remove(target.key)}
        />
      ))}
      {error !== undefined && (
        <Text fz="sm" c="red" role="alert">
          {error}
        </Text>
      )}
      <Group>
        <Button
          ref={add}
          size="xs"
          variant="default"
          className="touch-target"
          disabled={targets.length >= MOST_TARGETS}
          onClick={() => put([...targets, newTarget()])}
        >
          Add target
        </Button>
      </Group>
    </>
  )
}

function moved(targets: readonly TargetDraft[], index: number, by: 1 | -1): readonly TargetDraft[] {
  const [one, other] = [targets[index], targets[index + by]]
  return one === undefined || other === undefined ? targets : targets.with(index, other).with(index + by, one)
}

/** The paths in the input that have a field in the form, which shows what is wrong with them. */
function shownPaths({ targets }: RouteDraft, isNew: boolean): readonly string[] {
  const ofTargets = targets.flatMap((_target, index) =>
    ['', '.provider', '.model', '.weight', '.priority'].map((field) => `targets.${index}${field}`),
  )
  return [...(isNew ? ['name'] : []), 'description', 'targets', ...ofTargets]
}
