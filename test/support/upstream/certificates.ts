import { isIP } from 'node:net'
import { generate } from 'selfsigned'

export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** A certificate authority that nobody trusts unless told to. */
export interface Authority {
  /** Its own certificate, PEM. */
  readonly caCertificate: string
  /** Makes a server certificate for these names and addresses. */
  issue(names: readonly string[], validity?: { notAfterDate: Date }): Promise<Certificate>
}

export async function createAuthority(name = 'Test authority'): Promise<Authority> {
  const subject = [{ name: 'commonName', value: name }]
  const authority = await generate(subject, {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date('2020-01-01'),
    notAfterDate: new Date('2120-01-01'),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  return {
    caCertificate: authority.cert,
    async issue(names, validity = { notAfterDate: new Date('2119-01-01') }) {
      const altNames = names.map((text) => (isIP(text) === 0 ? { type: 2 as const, value: text } : { type: 7 as const, ip: text }))
      const server = await generate([{ name: 'commonName', value: names[0] ?? 'server' }], {
        keyType: 'ec',
        algorithm: 'sha256',
        notBeforeDate: new Date('2020-01-02'),
        ...validity,
        ca: { key: authority.private, cert: authority.cert },
        extensions: [
          { name: 'basicConstraints', cA: false },
          { name: 'subjectAltName', altNames },
        ],
      })
      return { key: server.private, cert: server.cert }
    },
  }
}
