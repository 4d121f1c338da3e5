import { DEFAULT_NETWORK, type NetworkSettings } from '../../../src/upstream/client/network-settings.ts'
import { createAuthority } from './certificates.ts'
import { type ProxiedConnection, startHttpProxy } from './proxies.ts'
import { type RecordedAnswer, type RecordedRequest, startRecorder } from './recorder.ts'

/** A small internet: vendors' real names over TLS, reached through a proxy that knows where they are. */
export interface Internet {
  /** Settings that reach it: the proxy, and the authority that signed its certificates. */
  readonly network: NetworkSettings
  /** What all hosts together were sent; `headers.host` tells which. */
  readonly requests: RecordedRequest[]
  readonly connections: ProxiedConnection[]
  close(): Promise<void>
}

export type Host = (request: RecordedRequest) => RecordedAnswer | null

/** Starts hosts by name; a name that is not among them cannot be reached. */
export async function startInternet(hosts: Readonly<Record<string, Host>>): Promise<Internet> {
  const names = Object.keys(hosts)
  const authority = await createAuthority()
  const recorder = await startRecorder((request) => hosts[request.headers.host ?? '']?.(request) ?? null, await authority.issue(names))
  const proxy = await startHttpProxy({
    credentials: null,
    route: (target) => (names.some((name) => target === `${name}:443`) ? recorder.port : null),
  })
  const network: NetworkSettings = {
    ...DEFAULT_NETWORK,
    caCertificate: authority.caCertificate,
    proxy: { type: 'HTTP', url: `http://127.0.0.1:${proxy.port}`, username: null, password: null },
  }
  return {
    network,
    requests: recorder.requests,
    connections: proxy.connections,
    close: async () => {
      await proxy.close()
      await recorder.close()
    },
  }
}
