import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { type FormEvent, type ReactNode, useEffect, useRef } from 'react'
import { Link } from 'wouter'
import { PlayIcon } from '../parts/icons.tsx'
import { Section } from '../parts/section.tsx'
import { SubmitButton } from '../parts/submit-button.tsx'
import type { Issue } from './issues.ts'
import { OutcomePanel } from './outcome-panel.tsx'
import { type DraftOutcome, hasFailed } from './use-draft-test.ts'

export interface FormFrameProps {
  readonly children: ReactNode
  /** What is wrong that no field shows. */
  readonly elsewhere: readonly Issue[]
  /** Why the last try to save did not work, if that is not about a field. */
  readonly refusal: string | null
  /** Counts the tries to save that were refused: each brings the focus to the first wrong field. */
  readonly refusedTries: number
  readonly outcome: DraftOutcome | null
  readonly isTesting: boolean
  readonly onTest: () => void
  readonly testHint: string
  readonly save: string
  readonly isSaving: boolean
  readonly onSave: () => void
  readonly backTo: string
}

/** A form with the test beside its fields, or between them and the buttons where the screen is narrow. */
export function FormFrame(props: FormFrameProps) {
  const { children, elsewhere, refusal, refusedTries, outcome, isTesting, onTest, testHint, save, isSaving, onSave, backTo } = props
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    const wrong = refusedTries > 0 && form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')
    if (!wrong) return
    // What is folded away takes no focus, and shows no message.
    const fold = wrong.closest('details')
    if (fold !== null) fold.open = true
    wrong.focus()
  }, [refusedTries])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSave()
  }
  const reasons = [...(refusal === null ? [] : [refusal]), ...elsewhere.map(({ message }) => message)]
  return (
    <form ref={form} onSubmit={submit} method="post" noValidate className="form-grid">
      <div className="form-fields">{children}</div>
      <div className="form-side">
        <Section title="Test before you save">
          <Stack gap="xs">
            <Text fz="sm" c="dimmed">
              {testHint}
            </Text>
            <Button variant="default" leftSection={<PlayIcon size={15} />} loading={isTesting} onClick={onTest}>
              Test these values
            </Button>
          </Stack>
          {outcome !== null && <OutcomePanel outcome={outcome} />}
        </Section>
      </div>
      <div className="form-end">
        {reasons.length > 0 && (
          <Alert color="red" role="alert" title="Not saved">
            {reasons.join(' ')}
          </Alert>
        )}
        <Group className="form-buttons">
          <SubmitButton action={save} isBusy={isSaving} isAgainstTest={hasFailed(outcome)} />
          <Button component={Link} href={backTo} variant="default">
            Cancel
          </Button>
        </Group>
      </div>
    </form>
  )
}
