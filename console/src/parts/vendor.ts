import type { ProviderType } from '../generated/documents.ts'

/** A vendor to choose: a type of providers, or one of the vendors that a type has. */
export interface Vendor {
  readonly key: string
  readonly type: ProviderType
  readonly label: string
  /** What the gateway speaks to it, where the label does not say that. */
  readonly hint: string
}
