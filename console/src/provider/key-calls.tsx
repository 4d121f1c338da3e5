import { Button } from '@mantine/core'
import type { KeyFieldsFragment, ProviderDetailsFragment } from '../generated/documents.ts'
import { KeyStateBadge } from '../keys/key-state.tsx'
import { RelativeTime } from '../parts/relative-time.tsx'
import { usePermissions } from '../session/session.ts'
import { useResetKey } from './use-reset-key.ts'

const SHOWN_NAMES = 5

/** The first names of a list, and how many more there are. */
function inShort(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN_NAMES).join(', ')
  return names.length > SHOWN_NAMES ? `${shown} and ${(names.length - SHOWN_NAMES).toLocaleString('en')} more` : shown
}

export interface KeyCallsProps {
  readonly provider: ProviderDetailsFragment
  readonly apiKey: KeyFieldsFragment
}

/** What model calls know of a key: whether they use it now, why not and until when, and when they last did. */
export function KeyCalls({ provider, apiKey }: KeyCallsProps) {
  const { mayEdit } = usePermissions()
  const { isBusy, reset } = useResetKey(provider)
  const { until, reason, inFlight } = apiKey.availability
  const isResting = until !== null
  return (
    <div className="key-calls">
      <span>Calls:</span>
      <KeyStateBadge apiKey={apiKey} />
      {reason !== null && <span>{reason}</span>}
      {isResting && (
        <span>
          Tried again <RelativeTime at={until} />.
        </span>
      )}
      {apiKey.models !== null && <span>Models: {inShort(apiKey.models)}.</span>}
      {apiKey.exceptModels !== null && <span>Not for {inShort(apiKey.exceptModels)}.</span>}
      {inFlight > 0 && <span>{inFlight.toLocaleString('en')} under way.</span>}
      {apiKey.lastUsedAt === null ? (
        <span>Never used.</span>
      ) : (
        <span>
          Last used <RelativeTime at={apiKey.lastUsedAt} />.
        </span>
      )}
      {isResting && mayEdit && (
        <Button
          size="compact-xs"
          variant="default"
          className="touch-target"
          loading={isBusy}
          aria-label={`Reset availability of the key ${apiKey.masked}`}
          onClick={() => void reset(apiKey)}
        >
          Reset availability
        </Button>
      )}
    </div>
  )
}
