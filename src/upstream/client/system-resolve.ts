import { lookup } from 'node:dns/promises'
import type { Resolve } from './own-sockets.ts'

/** Every address of a name, as the operating system gives them (`/etc/hosts` included). */
export const systemResolve: Resolve = async (hostname) => (await lookup(hostname, { all: true })).map(({ address }) => address)
