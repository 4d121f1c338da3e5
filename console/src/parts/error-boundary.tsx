import { Alert, Button } from '@mantine/core'
import { Component, type ReactNode } from 'react'

interface ErrorBoundaryProps {
  readonly children: ReactNode
}

/** Keeps a fault in a page from leaving an empty window: React takes down everything that nobody catches. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { readonly isBroken: boolean }> {
  override state = { isBroken: false }

  static getDerivedStateFromError() {
    return { isBroken: true }
  }

  override render() {
    if (!this.state.isBroken) return this.props.children
    return (
      <Alert color="red" role="alert" title="This page broke">
        <p className="alert-text">
          That is a fault of the console; nothing was changed. Load the page again, and tell us if it happens twice.
        </p>
        <Button size="xs" variant="default" onClick={() => location.reload()}>
          Load again
        </Button>
      </Alert>
    )
  }
}
