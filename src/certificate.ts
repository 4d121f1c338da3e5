import { X509Certificate } from 'node:crypto'
import type { ValidationIssue } from './errors.ts'

const MAX_CERTIFICATE = 65_536

/** The rules for certificates in PEM. TLS takes any text for a CA and ignores what it cannot read, so each block is read here. */
export function checkCertificate(pem: string, path: readonly string[]): ValidationIssue[] {
  const issue = (rule: ValidationIssue['rule'], message: string): ValidationIssue[] => [{ path, rule, message }]
  if (pem === '') return []
  if (pem.length > MAX_CERTIFICATE) return issue('OUT_OF_RANGE', `The certificates must not be longer than ${MAX_CERTIFICATE} characters.`)
  const labels = Array.from(pem.matchAll(/-----BEGIN ([^-\n]*)-----/g), ([, label]) => label)
  if (labels.some((label) => label?.endsWith('PRIVATE KEY')))
    return issue('CERTIFICATE_FORMAT', 'This contains a private key. Give only the certificate.')
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []
  if (blocks.length > 0 && blocks.length === labels.length && blocks.every(isCertificate)) return []
  return issue('CERTIFICATE_FORMAT', 'This is not a PEM certificate ("-----BEGIN CERTIFICATE-----" and so on). Paste the whole block.')
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    return false
  }
}
