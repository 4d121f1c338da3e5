import type { CallContext } from './call-context.ts'
import { dial } from './dial.ts'
import { startTls } from './start-tls.ts'
import type { Target } from './target.ts'

/**
 * Whether the port of an `http://` target answers a TLS handshake. Asked after a call that broke, on a connection of its own
 * that goes the same guarded way and carries nothing else.
 */
export async function speaksTls(target: Target, context: CallContext): Promise<boolean> {
  const socket = await dial(target, context).catch(() => null)
  if (socket === null) return false
  // Nothing is sent over it, so whose certificate it has does not matter.
  const settings = { insecureSkipVerify: true, caCertificate: null }
  try {
    const secure = await startTls(socket, target.hostname, settings, context.deadline)
    secure.destroy()
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
