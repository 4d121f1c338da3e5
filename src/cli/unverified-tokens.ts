import { counted } from './output.ts'

/** What to do about access tokens that are not as the gateway wrote them; nothing when there are none. */
export function unverifiedAdvice(count: number): string[] {
  if (count === 0) return []
  const what = `${counted(count, 'access token')} ${count === 1 ? 'does' : 'do'} not verify: something other than the gateway wrote the database.`
  return [what, 'They are refused. `gateway tokens list --all` shows them, `gateway keys rotate --drop-unverified` deletes them.']
}
