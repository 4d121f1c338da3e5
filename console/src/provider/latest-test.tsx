import { Text } from '@mantine/core'
import type { ProviderDetailsFragment } from '../generated/documents.ts'
import { Section } from '../parts/section.tsx'
import { TestStatus } from '../parts/test-status.tsx'

/** What the latest test found, in the gateway's own words. */
export function LatestTest({ provider }: { readonly provider: ProviderDetailsFragment }) {
  const test = provider.lastConnectionTest
  return (
    <Section title="Latest test" aside={<TestStatus test={test} />}>
      {test === null ? (
        <Text fz="sm" c="dimmed">
          Not tested yet, or the endpoint or the keys changed since the last test.
        </Text>
      ) : (
        <>
          <Text fz="sm">{test.message}</Text>
          <Text fz="sm" c="dimmed" mt={4}>
            {test.durationMs.toLocaleString('en')} ms
            {test.httpStatus !== null && ` · HTTP ${test.httpStatus}`}
            {test.status === 'OK' && (test.keyVerified ? ' · the key is proven' : ' · the endpoint answers the same to any key')}
          </Text>
        </>
      )}
    </Section>
  )
}
