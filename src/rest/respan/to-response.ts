import type { RespanProviderFragment } from '../../generated/respan-documents.ts'
import type { ProviderBody } from './wire.ts'

/** A provider as Respan shows it: nothing of its key, and nothing of its extra settings (Respan contract, section B3). */
export function toProviderBody({ name, displayName, createdAt, updatedAt }: RespanProviderFragment): ProviderBody {
  return { id: name, provider_id: name, provider_name: displayName, created_at: toTime(createdAt), updated_at: toTime(updatedAt) }
}

/** Whole seconds, in UTC. */
function toTime(time: string): string {
  return `${time.slice(0, 19)}Z`
}
