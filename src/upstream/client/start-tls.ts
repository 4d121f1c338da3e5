import { isIP, type Socket } from 'node:net'
import { createSecureContext, rootCertificates, type SecureContext, type TLSSocket, connect as tlsConnect } from 'node:tls'
import { type Deadline, LIMITS, withinStep } from './deadline.ts'
import { errorCode, OutboundError } from './outbound-error.ts'

export interface TlsSettings {
  readonly insecureSkipVerify: boolean
  /** PEM; trusted beside the public certificates, so that a proxy's own CA does not cut off public hosts. */
  readonly caCertificate: string | null
}

/** Starts TLS on a connected socket. The certificate must be for `hostname`, whatever address the socket has. */
export async function startTls(socket: Socket, hostname: string, settings: TlsSettings, deadline: Deadline): Promise<TLSSocket> {
  const secure = tlsConnect({
    socket,
    host: hostname,
    // An address is no server name (RFC 6066); Node then checks the certificate against `host`.
    servername: isIP(hostname) === 0 ? hostname : '',
    rejectUnauthorized: !settings.insecureSkipVerify,
    secureContext: secureContext(settings.caCertificate),
    ALPNProtocols: ['http/1.1'],
  })
  const message = `${hostname} accepted the connection but did not finish the TLS handshake within ${LIMITS.connectStepMs / 1000} s.`
  await withinStep(handshake(secure, hostname), { deadline, stepMs: LIMITS.connectStepMs, message }, () => secure.destroy())
  return secure
}

/** What is wrong with a CA certificate setting, or null: at least one certificate, all readable. */
function caCertificateProblem(pem: string): string | null {
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) return 'The CA certificate must be PEM: "-----BEGIN CERTIFICATE-----" and so on.'
  try {
    createSecureContext({ ca: pem })
    return null
  } catch {
    return 'The CA certificate cannot be read. Check that the whole PEM block was pasted.'
  }
}

/** Reading all public certificates beside a private one blocks for some 30 ms, so the latest few results are kept. */
const contexts = new Map<string, SecureContext>()
const MAX_CONTEXTS = 16

function secureContext(caCertificate: string | null): SecureContext {
  if (caCertificate === null) return createSecureContext()
  const known = contexts.get(caCertificate)
  if (known) return known
  const problem = caCertificateProblem(caCertificate)
  if (problem !== null) throw new OutboundError('TLS_FAILED', problem)
  const [oldest] = contexts.keys()
  if (oldest !== undefined && contexts.size >= MAX_CONTEXTS) contexts.delete(oldest)
  const context = createSecureContext({ ca: [...rootCertificates, caCertificate] })
  contexts.set(caCertificate, context)
  return context
}

function handshake(secure: TLSSocket, hostname: string): Promise<void> {
  return new Promise((resolve, reject) => {
    secure.once('secureConnect', resolve)
    secure.on('error', (error) => reject(tlsFailure(hostname, errorCode(error))))
    secure.once('close', () => reject(tlsFailure(hostname, 'ECONNRESET')))
  })
}

function tlsFailure(hostname: string, code: string): OutboundError {
  return new OutboundError('TLS_FAILED', `${hostname}: ${tlsReason(code)}`, { isReset: code === 'ECONNRESET' })
}

function tlsReason(code: string): string {
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return 'its TLS certificate has expired. Renew it on the server.'
    case 'CERT_NOT_YET_VALID':
      return 'its TLS certificate is not valid yet. Check the clocks.'
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return 'its TLS certificate is for another name. Use the name that the certificate has.'
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return "its TLS certificate is signed by an unknown authority. Add that authority's certificate as the provider's CA certificate."
    case 'ECONNRESET':
      return 'the connection was closed during the TLS handshake.'
    default:
      return 'the TLS handshake failed. Check that the port speaks TLS (https), not plain http.'
  }
}
