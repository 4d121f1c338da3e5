import { Button, Group, Text } from '@mantine/core'
import { Dialog } from '../parts/dialog.tsx'
import type { Difference } from './differences.ts'

export interface ConflictDialogProps {
  readonly noun: 'provider' | 'route'
  /** The version that the form began with. */
  readonly begun: number
  /** The version that is stored now. */
  readonly stored: number
  readonly differences: readonly Difference[]
  readonly onKeepMine: () => void
  readonly onTakeTheirs: () => void
  readonly onClose: () => void
}

/** Two people changed the same at the same time: shows both versions, and lets the second one choose. */
export function ConflictDialog({ noun, begun, stored, differences, onKeepMine, onTakeTheirs, onClose }: ConflictDialogProps) {
  return (
    <Dialog onClose={onClose} title={`Somebody else changed this ${noun}`} size="xl">
      <Text fz="sm" mb="md">
        You began with version {begun}; meanwhile it became version {stored}. Nothing of yours was saved yet.
      </Text>
      {differences.length === 0 ? (
        <Text fz="sm">Your values and the stored values are the same.</Text>
      ) : (
        <DifferencesTable differences={differences} />
      )}
      <Text fz="sm" c="dimmed" mt="md">
        Saving yours writes the fields that you changed over what is stored now; fields that only they changed stay theirs.
      </Text>
      <Group mt="lg" justify="flex-end" className="dialog-buttons">
        <Button variant="subtle" onClick={onClose}>
          Back to the form
        </Button>
        <Button variant="default" onClick={onTakeTheirs}>
          Take theirs
        </Button>
        <Button onClick={onKeepMine}>Save mine</Button>
      </Group>
    </Dialog>
  )
}

function DifferencesTable({ differences }: { readonly differences: readonly Difference[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section className="table-scroll" tabIndex={0} aria-label="Both versions">
      <table className="plain-table card-table conflict-table">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">When you began</th>
            <th scope="col">Yours</th>
            <th scope="col">Stored now</th>
          </tr>
        </thead>
        <tbody>
          {differences.map(({ label, before, mine: wanted, theirs: now, isBoth }) => (
            <tr key={label}>
              <th scope="row">
                {label}
                {isBoth && <span className="both-changed">changed by both</span>}
              </th>
              <td data-label="When you began">{before}</td>
              <td data-label="Yours" className={wanted === before ? undefined : 'changed-cell'}>
                {wanted}
              </td>
              <td data-label="Stored now" className={now === before ? undefined : 'changed-cell'}>
                {now}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
