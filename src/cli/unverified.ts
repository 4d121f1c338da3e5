import type { VerifySummary } from '../api-keys/verify-secrets.ts'
import { counted } from './output.ts'

/** What to do about access tokens that are not as the gateway wrote them; nothing when there are none. */
export function unverifiedAdvice(count: number): string[] {
  if (count === 0) return []
  const what = `${counted(count, 'access token')} ${count === 1 ? 'does' : 'do'} not verify: something other than the gateway wrote the database.`
  return [what, 'They are refused. `gateway tokens list --all` shows them, `gateway keys rotate --drop-unverified` deletes them.']
}

/** What to do about stored secrets that do not open; null when all do. */
export function unreadableAdvice({ unreadable, providers }: VerifySummary): string | null {
  const count = Object.values(unreadable).reduce((sum, one) => sum + one, 0)
  if (count === 0) return null
  const names = `${providers.slice(0, 20).join(', ')}${providers.length > 20 ? ', …; `gateway keys verify --json` names all' : ''}`
  return `${counted(count, 'secret')} cannot be read. Give the secrets of these providers again: ${names}.`
}
