import { useCallback } from 'react'
import { useQuery } from 'urql'
import { CallsOfRouteDocument } from '../generated/documents.ts'
import { Fact } from '../parts/fact.tsx'
import { formatCount } from '../parts/format.ts'
import { usePermissions } from '../session/session.ts'
import { useReading } from '../usage/use-usage.ts'

/** Calls are counted up to here. */
const MOST_COUNTED = 10_000

/** How many calls have named a route since the day of UTC began. Who is no admin sees their own. */
export function CallsToday({ name }: { readonly name: string }) {
  const { mayAdminister } = usePermissions()
  const from = `${new Date().toISOString().slice(0, 10)}T00:00:00.000Z`
  const [{ data }, read] = useQuery({ query: CallsOfRouteDocument, variables: { name, from }, requestPolicy: 'cache-and-network' })
  useReading(useCallback(() => read({ requestPolicy: 'network-only' }), [read]))
  const count = data?.modelCalls.totalCount
  return (
    <Fact name={mayAdminister ? 'Calls today' : 'Your calls today'}>
      {count === undefined ? '…' : `${formatCount(count)}${count >= MOST_COUNTED ? ' or more' : ''}`}
    </Fact>
  )
}
