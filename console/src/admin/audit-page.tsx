import { Text } from '@mantine/core'
import { PageHeading } from '../parts/page-heading.tsx'

export default function AuditPage() {
  return (
    <>
      <PageHeading title="Audit log" />
      <Text>…</Text>
    </>
  )
}
