import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { z } from 'zod'
import { CALL_SETTINGS } from './config-calls.ts'
import {
  encryptionKeys,
  exporters,
  flag,
  integer,
  outboundAllow,
  proxyAddress,
  type Setting,
  setting,
  text,
  token,
  trustedProxies,
  variableNames,
  webAddress,
} from './config-values.ts'
import { Secret } from './crypto/secret.ts'
import { StartupError } from './errors.ts'

/** Variables that hold secrets of the gateway itself, which no upstream may ever see. */
const OWN_SECRETS = [
  'ADMIN_TOKEN',
  'ADMIN_TOKEN_FILE',
  'DATABASE_URL',
  'DATABASE_URL_FILE',
  'ENCRYPTION_KEYS',
  'ENCRYPTION_KEYS_FILE',
  'METRICS_TOKEN',
  'METRICS_TOKEN_FILE',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
]

/** Every setting there is. `X_FILE` may stand for a secret `X`: the name of a file that holds it. */
export const SETTINGS = {
  HOST: setting({
    description: 'Address to listen on. `0.0.0.0` accepts other machines: put TLS in front first.',
    default: '127.0.0.1',
    schema: text.regex(/^\S+$/, 'must be an address or a host name'),
  }),
  PORT: setting({ description: 'Port to listen on; `0` for any free port.', default: '4000', schema: integer(0, 65_535) }),
  DATABASE_URL: setting({
    description: 'The database: `file:` and a path for SQLite, or a `postgresql://` URL.',
    default: 'file:./data/gateway.db',
    secret: true,
    schema: text
      .regex(/^(file:.|postgres(ql)?:\/\/.)/, 'must start with file: or postgresql://, e.g. file:./data/gateway.db')
      .regex(/^(?!file:\/\/[^/])/, 'names a host behind file://. Write file:./data/gateway.db or file:/data/gateway.db'),
  }),
  ENCRYPTION_KEYS: setting({
    description:
      'Encryption keys for stored secrets: `base64:` and 32 random bytes, separated by commas. The first seals, all open. With SQLite, the first start creates a key file beside the database. Required with PostgreSQL.',
    default: '',
    secret: true,
    schema: encryptionKeys,
  }),
  ADMIN_TOKEN: setting({
    description: 'An admin token of at least 32 characters. If unset, the first start creates one and prints it once.',
    default: '',
    secret: true,
    schema: token,
  }),
  OUTBOUND_ALLOW: setting({
    description:
      'What connection tests and model calls may reach besides public https addresses: `private`, `loopback`, `http` and ranges such as `10.1.0.0/16`, separated by commas.',
    default: '',
    schema: outboundAllow,
  }),
  SECRET_ENV_ALLOW: setting({
    description:
      'Environment variables that may hold API keys of providers, separated by commas. An admin can name them instead of storing a key; their values are read at use.',
    default: '',
    schema: variableNames(OWN_SECRETS),
  }),
  HTTPS_PROXY: setting({
    description: 'HTTP proxy for `https://` endpoints of providers whose proxy is set to `environment`. Lowercase works too.',
    default: '',
    anyCase: true,
    mayHoldPassword: true,
    schema: proxyAddress,
  }),
  HTTP_PROXY: setting({
    description: 'HTTP proxy for `http://` endpoints of these providers.',
    default: '',
    anyCase: true,
    mayHoldPassword: true,
    schema: proxyAddress,
  }),
  NO_PROXY: setting({
    description: 'Hosts to reach without these proxies: names, `.suffixes`, addresses and ranges, separated by commas; `*` for all.',
    default: '',
    anyCase: true,
    schema: text,
  }),
  LOG_LEVEL: setting({
    description: 'The lowest level to log: `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`.',
    default: 'info',
    schema: z.enum(
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      'must be trace, debug, info, warn, error, fatal or silent',
    ),
  }),
  METRICS_PORT: setting({
    description: 'Separate port for Prometheus metrics at `/metrics`; `0` for any free port. Needs no token unless METRICS_TOKEN is set.',
    default: '',
    schema: text
      .transform((value) => (value === '' ? null : value))
      .pipe(z.union([z.null(), integer(0, 65_535)], 'must be a whole number')),
  }),
  METRICS_TOKEN: setting({
    description: 'Token for `/metrics`, at least 32 characters. Without METRICS_PORT, `/metrics` is at the main port.',
    default: '',
    secret: true,
    schema: token,
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: setting({
    description:
      'Address of an OpenTelemetry collector for traces, e.g. `http://localhost:4318`. The other standard `OTEL_*` variables work too.',
    default: '',
    mayHoldPassword: true,
    schema: webAddress,
  }),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: setting({
    description: 'Full address for traces, e.g. `http://localhost:4318/v1/traces`, instead of the previous one.',
    default: '',
    mayHoldPassword: true,
    schema: webAddress,
  }),
  OTEL_TRACES_EXPORTER: setting({
    description: 'Exporter of traces: `otlp`, `console` or `none`. If set, traces go to `localhost` without an endpoint.',
    default: '',
    schema: exporters,
  }),
  OTEL_SDK_DISABLED: setting({ description: '`true` switches tracing off.', default: '', schema: text }),
  ROOT_DIALECT: setting({
    description:
      'The REST dialect that also answers at `/api/providers`: `bifrost`, `respan` or `ziri`. Each one always answers at its own prefix, e.g. `/ziri/api/providers`.',
    default: '',
    schema: z.enum(['', 'bifrost', 'respan', 'ziri'], 'must be bifrost, respan or ziri, or unset'),
  }),
  RATE_LIMIT_PER_MINUTE: setting({
    description: 'Requests per minute and token, on each replica; `0` for no limit.',
    default: '0',
    schema: integer(0, 10_000_000),
  }),
  LOGIN_FAILURES_PER_MINUTE: setting({
    description: 'Wrong tokens per minute and address; `0` for no limit. Valid tokens are always accepted.',
    default: '20',
    schema: integer(0, 10_000_000),
  }),
  TRUSTED_PROXIES: setting({
    description: 'Addresses and ranges of your reverse proxies, separated by commas. Only their `X-Forwarded-For` is trusted.',
    default: '',
    schema: trustedProxies,
  }),
  CACHE_MAX_BYTES: setting({
    description:
      'Memory for cached answers, in bytes; `0` for no cache. Answers are reused only while the data has not changed. The default is 64 MiB.',
    default: '67108864',
    schema: integer(0, 17_179_869_184),
  }),
  STOP_DELAY_SECONDS: setting({
    description:
      'Seconds between a stop signal and the stop: `/readyz` answers 503 and everything else still works, until load balancers have noticed.',
    default: '0',
    schema: integer(0, 600),
  }),
  ...CALL_SETTINGS,
  CONSOLE: setting({
    description: 'Whether to serve the console at `/console`, and the documentation at `/docs`.',
    default: 'true',
    schema: flag,
  }),
  REST_REFERENCE: setting({
    description: 'Whether to serve the REST reference at `/docs/rest`.',
    default: 'true',
    schema: flag,
  }),
  GRAPHIQL: setting({ description: 'Whether to serve GraphiQL at `/graphql`.', default: 'true', schema: flag }),
} as const

type SettingName = keyof typeof SETTINGS

export type Config = { readonly [Name in SettingName]: z.output<(typeof SETTINGS)[Name]['schema']> }

/**
 * Reads every setting from the environment, and from a `.env` file in the working directory for those the environment lacks.
 * @throws StartupError that lists all problems at once, each with the variable's name and what it must be; never a secret value.
 */
export function loadConfig(): Config {
  if (existsSync('.env')) readEnvironmentFile('.env')
  return parseConfig(process.env)
}

function readEnvironmentFile(path: string): void {
  try {
    // Read here, because the other function says of a folder that it is no string, and takes an editor's mark of UTF-8 for a part of the first name.
    const variables = parseEnv(new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)))
    for (const [name, value] of Object.entries(variables)) process.env[name] ??= value
  } catch (error) {
    throw new StartupError(`The file ${path} in the working directory cannot be read (${codeOf(error)}). Correct or remove it.`)
  }
}

/** Like `loadConfig`, from the variables given. */
export function parseConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = []
  const values = Object.entries(SETTINGS).map(([name, definition]) => {
    const given = readValue(name, definition, environment, problems)
    const parsed = definition.schema.safeParse(given)
    if (parsed.success) return [name, parsed.data]
    const message = parsed.error.issues.map((issue) => issue.message).join(', ')
    // A message that quotes the wrong part of the value says enough.
    const quoted = definition.secret || definition.mayHoldPassword || message.includes('"') ? '' : `, not "${given}"`
    problems.push(`${name} ${message}${quoted}.`)
    return [name, undefined]
  })
  const config = Object.fromEntries(values)
  problems.push(...conflictsIn(config))
  if (problems.length > 0)
    throw new StartupError(`The configuration has ${problems.length === 1 ? 'a problem' : 'problems'}:\n- ${problems.join('\n- ')}`)
  return config
}

/** What two settings cannot be together. */
function conflictsIn({ PORT, METRICS_PORT, ADMIN_TOKEN, METRICS_TOKEN }: Partial<Config>): string[] {
  return [
    ...(PORT !== undefined && PORT !== 0 && PORT === METRICS_PORT ? ["METRICS_PORT must not be the gateway's own port (PORT)."] : []),
    ...(METRICS_TOKEN && METRICS_TOKEN === ADMIN_TOKEN ? ['METRICS_TOKEN must not be the ADMIN_TOKEN, which opens everything.'] : []),
  ]
}

function readValue(
  name: string,
  definition: Pick<Setting<unknown>, 'default' | 'secret' | 'anyCase'>,
  environment: Readonly<Record<string, string | undefined>>,
  problems: string[],
): string {
  const value = environment[name] || (definition.anyCase && environment[name.toLowerCase()]) || definition.default
  const file = definition.secret ? environment[`${name}_FILE`] : undefined
  if (!file) return value
  if (environment[name]) problems.push(`${name} and ${name}_FILE are both set. Keep one of them.`)
  try {
    const content = readFileSync(file, 'utf8').trim()
    if (content === '') problems.push(`${name}_FILE names an empty file: ${file}. Write the value into it, or unset the variable.`)
    return content || definition.default
  } catch (error) {
    problems.push(`${name}_FILE names a file that cannot be read (${codeOf(error)}): ${file}. Correct the path or the file's permissions.`)
    return definition.default
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}

/** Whether the standard variables of OpenTelemetry ask for traces. */
export function wantsTraces(
  config: Pick<Config, 'OTEL_EXPORTER_OTLP_ENDPOINT' | 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT' | 'OTEL_TRACES_EXPORTER' | 'OTEL_SDK_DISABLED'>,
): boolean {
  if (config.OTEL_SDK_DISABLED.toLowerCase() === 'true' || config.OTEL_TRACES_EXPORTER === 'none') return false
  return `${config.OTEL_EXPORTER_OTLP_ENDPOINT}${config.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT}${config.OTEL_TRACES_EXPORTER}` !== ''
}

/** Reads the variables that SECRET_ENV_ALLOW lists, each time anew: a value is held no longer than the call that needs it. */
export function secretVariables({
  SECRET_ENV_ALLOW,
}: Pick<Config, 'SECRET_ENV_ALLOW'>): (name: string) => Secret | 'NOT_LISTED' | 'NOT_SET' {
  return (name) => {
    if (!SECRET_ENV_ALLOW.includes(name)) return 'NOT_LISTED'
    const value = process.env[name]
    return value ? new Secret(value) : 'NOT_SET'
  }
}

/**
 * Reads a variable that somebody names as holding a secret: null when it has no value. Never one of the gateway's own
 * secrets, which would end up at an upstream.
 */
export function readSecretReference(
  name: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Secret | 'OWN_SECRET' | null {
  if (OWN_SECRETS.includes(name)) return 'OWN_SECRET'
  const value = environment[name]
  return value ? new Secret(value) : null
}

/** The files that hold secrets because the environment says so. */
export function configuredFiles(environment: Readonly<Record<string, string | undefined>> = process.env): string[] {
  return OWN_SECRETS.filter((name) => name.endsWith('_FILE')).flatMap((name) => environment[name] || [])
}
