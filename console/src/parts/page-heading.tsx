import { Group, Title } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'
import { usePageTitle } from './use-page-title.ts'

export interface PageHeadingProps {
  readonly title: string
  /** What stands beside the title. */
  readonly aside?: ReactNode
  readonly before?: ReactNode
  readonly actions?: ReactNode
}

/** The top of a page. It takes the focus when the page opens, so that keyboard and screen reader begin here. */
export function PageHeading({ title, aside, before, actions }: PageHeadingProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  usePageTitle(title)
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  return (
    <Group justify="space-between" gap="md" mb="lg">
      <Group gap="sm" wrap="nowrap" miw={0} className="page-heading">
        {before}
        <Title order={1} fz={24} ref={heading} tabIndex={-1} className="page-title">
          {title}
        </Title>
        {aside}
      </Group>
      {actions !== undefined && (
        <Group gap="xs" className="page-actions">
          {actions}
        </Group>
      )}
    </Group>
  )
}
