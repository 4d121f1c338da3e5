import { Alert } from '@mantine/core'
import { useCallback } from 'react'
import { useQuery } from 'urql'
import { Link } from 'wouter'
import { RefusedKeysDocument } from '../generated/documents.ts'
import { formatCount } from '../parts/format.ts'
import { useReading } from '../usage/use-usage.ts'

/** Says how many enabled keys their vendors refuse, with the way to them. Not there when there is none. */
export function RefusedKeys() {
  const [{ data }, read] = useQuery({ query: RefusedKeysDocument, requestPolicy: 'cache-and-network' })
  useReading(useCallback(() => read({ requestPolicy: 'network-only' }), [read]))
  const count = data?.apiKeys.totalCount ?? 0
  if (count === 0) return null
  return (
    <Alert color="red" mb="md" title={count === 1 ? '1 enabled key was refused' : `${formatCount(count)} enabled keys were refused`}>
      <span className="problem-links">
        <Link href="/keys?status=UNAUTHORIZED&enabled=true">Show refused keys</Link>
      </span>
    </Alert>
  )
}
