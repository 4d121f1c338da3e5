import { z } from 'zod'
import type { TestConnectionMutation, ZiriProviderFragment } from '../../generated/ziri-documents.ts'
import { shownName } from '../name-aliases.ts'
import { NAME_ALIASES } from './templates.ts'
import { type ProviderFields, RESERVED_NAMES } from './wire.ts'

/** A provider as ZIRI shows it, with its other metadata beside the fields (ZIRI contract, section A4). */
export function toProvider(provider: ZiriProviderFragment): ProviderFields {
  const own = keptMetadata(provider.extensions)
  return {
    ...otherMetadata(own ?? {}),
    id: provider.number,
    name: shownName(NAME_ALIASES, provider.name, own),
    displayName: provider.displayName,
    baseUrl: provider.baseUrl,
    createdAt: toTime(provider.createdAt),
    updatedAt: toTime(provider.updatedAt),
    type: provider.type.toLowerCase().replace('_', '-'),
    enabled: provider.enabled,
    hasCredentials: provider.apiKeys.totalCount > 0 || (provider.settings?.hasAccessKey ?? false),
    models: provider.lastConnectionTest?.models ?? [],
  }
}

const kept = z.object({ ziri: z.record(z.string(), z.unknown()) })

function keptMetadata(extensions: unknown): Readonly<Record<string, unknown>> | null {
  return kept.safeParse(extensions).data?.ziri ?? null
}

function otherMetadata(own: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(own).filter(([name]) => !RESERVED_NAMES.has(name)))
}

/** `2026-06-01T10:00:00.123Z` as SQLite's `datetime` writes it: UTC, whole seconds. */
function toTime(time: string): string {
  return time.slice(0, 19).replace('T', ' ')
}

type TestPayload = Extract<TestConnectionMutation['testConnection'], { __typename: 'TestConnectionPayload' }>

/** Why a connection test failed, in our words alone: a text of the upstream may repeat the key (ZIRI contract, section A7). */
export function failureOf({ test, provider }: TestPayload): string {
  switch (test.status) {
    case 'UNAUTHORIZED':
      return 'Invalid API key'
    case 'FORBIDDEN':
      return 'The API key lacks permission, or its account has no credit'
    case 'NOT_FOUND':
      return 'No compatible API at the base URL'
    case 'RATE_LIMITED':
      return test.httpStatus === null
        ? 'Too many connection tests are under way, try again later'
        : 'Rate limited by provider, try again later'
    case 'TIMED_OUT':
      return `Timed out after ${Math.max(1, Math.round(test.durationMs / 1000))} s`
    case 'UNREACHABLE':
      return 'The base URL cannot be reached'
    case 'TLS_FAILED':
      return 'No secure connection: the certificate of the provider cannot be trusted'
    case 'REDIRECTED':
      return 'The base URL redirects to another address'
    case 'BLOCKED_ADDRESS':
      return 'The gateway may not connect to the address of the base URL'
    case 'UNEXPECTED_RESPONSE':
      return 'Unexpected response from provider'
    case 'NOT_TESTABLE':
      return provider?.baseUrl === '' ? 'No endpoint configured' : `Not testable (${test.message.replace(/\.$/, '')})`
    case 'OK':
      return 'Unknown reason'
    default:
      return test.status satisfies never
  }
}
