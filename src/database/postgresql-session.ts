import type { PoolConfig } from 'pg'
import { isUnsupported } from './failures.ts'

type OnConnect = NonNullable<PoolConfig['onConnect']>

/** How the sessions of a pool get their settings. */
export interface SessionStart {
  /** Given to the pool: gives the settings to each new connection that has a session of its own. */
  readonly onConnect: OnConnect
  /** Whether the latest connection leads to the server itself; a pooler may give each of our transactions another session. */
  readonly areOurs: () => boolean
  /** Gives the settings to one transaction, whatever session it runs in. */
  readonly forTransaction: string
}

/**
 * Gives settings to sessions after they have begun: a pooler with its defaults refuses them at the beginning, and what one
 * client sets behind a pooler another one finds. So only where the process that answers is the one that the server named at
 * the beginning, which no pooler can arrange, a session gets them; else each transaction does.
 */
export function startSessions(settings: Readonly<Record<string, string>>): SessionStart {
  let ours = true
  const entries = Object.entries(settings)
  const setAll = (isLocal: boolean) =>
    entries.map(([name, value]) => `set_config('${name}', '${value.replaceAll("'", "''")}', ${isLocal})`).join(', ')
  return {
    onConnect: async (client) => {
      const begun: unknown = Reflect.get(client, 'processID')
      const asked = await client.query('SELECT pg_backend_pid() AS pid').catch((error: unknown) => {
        if (isUnsupported(error)) return null
        throw error
      })
      ours = asked !== null && asked.rows[0]?.pid === begun
      if (ours && entries.length > 0) await client.query(`SELECT ${setAll(false)}`)
    },
    areOurs: () => ours,
    forTransaction: `SELECT ${setAll(true)}`,
  }
}
