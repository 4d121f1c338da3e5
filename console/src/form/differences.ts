import type { ProviderDraft } from './provider-draft.ts'

/** A field in which the three versions of a conflict are not the same, in words. */
export interface Difference {
  readonly label: string
  readonly before: string
  readonly mine: string
  readonly theirs: string
  /** Whether both changed it, and not to the same. */
  readonly isBoth: boolean
}

/** Every field of a form by its label, in words. */
export type FieldWords = Readonly<Record<string, string>>

/** A provider in words. Of what is secret it says no more than that something was typed. */
export function providerWords(draft: ProviderDraft): FieldWords {
  const { bedrock, network } = draft
  return {
    'Display name': draft.displayName || 'None',
    Icon: draft.icon || 'None',
    State: draft.enabled ? 'Enabled' : 'Disabled',
    'Base URL': draft.baseUrl,
    Region: bedrock.region || 'None',
    Role: bedrock.roleArn || 'None',
    Model: bedrock.model || 'None',
    'Small model': bedrock.smallFastModel || 'None',
    'Access key': bedrock.accessKey === '' && bedrock.accessKeySecret === '' ? 'The stored one' : 'A new one',
    Timeout: `${network.timeoutMs} ms`,
    Retries: network.maxRetries,
    'Pauses between tries': `${network.retryBackoffInitialMs} to ${network.retryBackoffMaxMs} ms`,
    Headers: network.headers.map(({ name }) => name).join(', ') || 'None',
    'Custom CA certificates': network.caCertificate === '' ? 'None' : 'Set',
    Proxy: network.proxyType === '' ? 'None' : `${network.proxyType} ${network.proxyUrl}`.trim(),
    'Private addresses': network.allowPrivateNetwork ? 'Allowed' : 'Refused',
    'TLS certificate': network.insecureSkipVerify ? 'Not checked' : 'Checked',
  }
}

/** What differs between the version that a form began with, the form as it is, and the version that is stored by now. */
export function differencesOf(before: FieldWords, mine: FieldWords, theirs: FieldWords): Difference[] {
  return Object.keys(before).flatMap((label) => {
    const words = { before: before[label] ?? '', mine: mine[label] ?? '', theirs: theirs[label] ?? '' }
    if (words.before === words.mine && words.before === words.theirs) return []
    const isBoth = words.mine !== words.before && words.theirs !== words.before && words.mine !== words.theirs
    return [{ label, ...words, isBoth }]
  })
}
