import { Button, Group } from '@mantine/core'
import { useRef, useState } from 'react'

export interface PageTurnerProps {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  /** The cursor that the page shown begins behind; null for the first page. */
  readonly after: string | null
  readonly onTurn: (after: string | null) => void
  /** What the buttons say, when the list is in another order than by time. */
  readonly labels?: readonly [back: string, on: string]
}

/** Goes through a list page by page, and back the way it came. Not there when one page has everything. */
export function PageTurner({ pageInfo, after, onTurn, labels: [back, on] = ['Newer', 'Older'] }: PageTurnerProps) {
  const [before, setBefore] = useState<readonly (string | null)[]>([])
  const place = useRef<HTMLDivElement>(null)
  // On the way back to the first page the last one may still be shown.
  const hasTurned = useRef(false)
  if (after === null && !pageInfo.hasNextPage && !hasTurned.current) return null
  const turn = (to: string | null) => {
    hasTurned.current = true
    onTurn(to)
    // Whoever turns a page stands at its end, and reads the next one from its beginning.
    place.current?.previousElementSibling?.scrollIntoView()
  }
  const goBack = () => {
    if (after === null) return
    turn(before.at(-1) ?? null)
    setBefore(before.slice(0, -1))
  }
  const goOn = () => {
    // Pressed again before the next page is there.
    if (!pageInfo.hasNextPage || after === pageInfo.endCursor) return
    setBefore([...before, after])
    turn(pageInfo.endCursor)
  }
  return (
    <Group mt="md" justify="center" ref={place}>
      {/* Off, but not disabled: whoever turns to the first or the last page by keyboard would lose the place. */}
      <Button variant="default" data-disabled={after === null} aria-disabled={after === null} onClick={goBack}>
        {back}
      </Button>
      <Button variant="default" data-disabled={!pageInfo.hasNextPage} aria-disabled={!pageInfo.hasNextPage} onClick={goOn}>
        {on}
      </Button>
    </Group>
  )
}
