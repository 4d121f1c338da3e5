import type { Server } from 'node:http'

/** Listens on a free port of this machine and says where, on standard output. */
export function listen(server: Server): void {
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    if (address !== null && typeof address === 'object') process.stdout.write(`listening http://127.0.0.1:${address.port}\n`)
  })
}
