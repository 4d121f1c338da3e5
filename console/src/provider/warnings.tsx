import { Alert, Code } from '@mantine/core'
import type { ProviderDetailsFragment } from '../generated/documents.ts'

/** What is saved and will be refused when it is used. */
export function Warnings({ warnings }: Pick<ProviderDetailsFragment, 'warnings'>) {
  return warnings.map(({ path, message }) => (
    <Alert key={path.join('.')} color="yellow" role="status" title="This address is not used">
      <Code>{path.join('.')}</Code> {message}
    </Alert>
  ))
}
