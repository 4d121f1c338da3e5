import { type GivenSecret, readSecret, secretRequest, unwrapText } from './secret.ts'
import { CONFIG_NAMES, VENDOR_CONFIGS } from './vendor-configs.ts'
import type { KeyRequest } from './wire-key.ts'

/** A secret part of a vendor configuration that was given, by its path. */
interface GivenPart {
  readonly path: string
  readonly secret: GivenSecret
}

/** The parts of a key's vendor configurations: secrets, and what is not secret. Parts that Bifrost does not know are left out. */
export interface KeyParts {
  readonly secrets: readonly GivenPart[]
  readonly plain: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** The path of a secret that has no form of one; null when all have. */
  readonly malformed: string | null
}

export function readParts(request: KeyRequest): KeyParts {
  const secrets: GivenPart[] = []
  const plain: Record<string, Record<string, unknown>> = {}
  let malformed: string | null = null
  for (const config of CONFIG_NAMES) {
    const given = request[config]
    if (!given) continue
    for (const part of VENDOR_CONFIGS[config].secrets) {
      const parsed = secretRequest.safeParse(given[part])
      if (!parsed.success) malformed ??= `${config}.${part}`
      const secret = readSecret(parsed.data)
      if (secret.kind !== 'empty') secrets.push({ path: `${config}.${part}`, secret })
    }
    const known = VENDOR_CONFIGS[config].plain.filter((part) => given[part] !== undefined && given[part] !== null)
    plain[config] = Object.fromEntries(known.map((part) => [part, toPlain(given[part])]))
  }
  return { secrets, plain, malformed }
}

/** The variables of the environment that a key names. */
export function variablesOf(request: KeyRequest, { secrets }: KeyParts): string[] {
  const given = [readSecret(request.value), ...secrets.map(({ secret }) => secret)]
  return given.flatMap((secret) => (secret.kind === 'variable' ? [secret.name] : []))
}

/** What is null is not there (Bifrost contract, decisions at its top), and texts are out of the objects that older releases wrote them in. */
function toPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toPlain)
  if (typeof value !== 'object' || value === null) return value
  const text = unwrapText({ ...value })
  if (text !== null) return text
  return Object.fromEntries(Object.entries(value).flatMap(([name, item]) => (item === null ? [] : [[name, toPlain(item)]])))
}
