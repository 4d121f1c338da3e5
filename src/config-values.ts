import { z } from 'zod'
import { parseTrustedProxies } from './auth/client-address.ts'
import { parseKeyring } from './crypto/keyring.ts'
import { StartupError } from './errors.ts'
import { readUrl } from './read-url.ts'
import { parseOutboundAllow } from './upstream/client/address-policy.ts'
import { isProxyAddress } from './upstream/client/choose-proxy.ts'

/** What a setting is, for the reader of the code, of `.env.example` and of the documentation alike. */
export interface Setting<Value> {
  readonly description: string
  /** As it would stand in the environment; empty when the setting is unset by default. */
  readonly default: string
  readonly secret?: true
  /** Whether a password may stand in it, which no message repeats. */
  readonly mayHoldPassword?: true
  /** Whether the variable's name may be in small letters, as other programs have it. */
  readonly anyCase?: true
  readonly schema: z.ZodType<Value, string>
}

export const setting = <Value>(value: Setting<Value>): Setting<Value> => value

/** What the value of a setting can be. A message goes on from the name of the setting. */

export const text = z.string()
export const flag = z.enum(['true', 'false'], 'must be true or false').transform((value) => value === 'true')
export const integer = (least: number, most: number) =>
  text
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be from ${least} to ${most}`)

export const token = text.refine(
  (value) => value === '' || /^[\x21-\x7e]{32,512}$/.test(value),
  'must be 32 to 512 printable ASCII characters without spaces',
)

/** The message of a problem that another reader of the text finds, to follow the name of the setting. */
const cannotBeUsed = (reason: string): string => `cannot be used: ${reason.replace(/\.$/, '')}`

export const encryptionKeys = text.superRefine((value, context) => {
  if (value === '') return
  try {
    parseKeyring(value)
  } catch (error) {
    if (!(error instanceof StartupError)) throw error
    context.addIssue({ code: 'custom', message: cannotBeUsed(error.message) })
  }
})

export const trustedProxies = text.transform((value, context) => {
  const ranges = parseTrustedProxies(value)
  if (!('unknown' in ranges)) return ranges
  context.addIssue({ code: 'custom', message: 'must be addresses and ranges like 10.0.0.0/8, separated by commas' })
  return z.NEVER
})

export const outboundAllow = text.superRefine((value, context) => {
  const parsed = parseOutboundAllow(value)
  if (parsed.kind === 'invalid') context.addIssue({ code: 'custom', message: cannotBeUsed(parsed.issues.join(' ')) })
})

/** Names of variables, but for these. */
export const variableNames = (except: readonly string[]) =>
  text
    .transform((value) =>
      value
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    )
    .refine(
      (names) => names.every((name) => /^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name)),
      'must be names of variables, separated by commas',
    )
    .refine((names) => !names.some((name) => except.includes(name)), "must not name the gateway's own secrets")

export const proxyAddress = text.refine(
  (value) => value === '' || isProxyAddress(value),
  'must be the address of a proxy, e.g. http://proxy.example.com:3128 or socks5://proxy.example.com:1080',
)

export const webAddress = text.refine(
  (value) => value === '' || (readUrl(value) !== null && /^https?:\/\//i.test(value)),
  'must be an address that begins with http:// or https://',
)

const EXPORTERS = ['otlp', 'console', 'none']

export const exporters = text.refine(
  (value) => value === '' || value.split(',').every((name) => EXPORTERS.includes(name.trim())),
  'must be otlp, console or none',
)
