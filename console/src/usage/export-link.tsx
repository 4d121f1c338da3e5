import { Anchor } from '@mantine/core'

export interface ExportLinkProps {
  /** What is exported. */
  readonly of: string
  readonly onExport: () => void
}

/** Saves what is shown as a file. */
export function ExportLink({ of, onExport }: ExportLinkProps) {
  return (
    <Anchor component="button" type="button" fz="sm" onClick={onExport} aria-label={`Export CSV: ${of}`}>
      Export CSV
    </Anchor>
  )
}
