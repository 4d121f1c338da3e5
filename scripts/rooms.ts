/** The rooms of `src`, and which others each may import from: the only list of module boundaries. */

export interface Room {
  /** What it does, for a newcomer. */
  readonly does: string
  /** `upstream` and `rest` stand for all rooms below them. */
  readonly mayEnter: readonly string[]
}

/** In the order in which a request meets them. A folder of `src`, or a file at its top. */
export const ROOMS: Readonly<Record<string, Room>> = {
  main: { does: 'the server process: same as `gateway serve`', mayEnter: ['cli'] },
  start: {
    does: 'opens the database, checks the keys, migrates, listens, in this order',
    mayEnter: [
      ...[
        'activity',
        'api-keys',
        'app',
        'audit',
        'auth',
        'backlog',
        'calls',
        'changes',
        'config',
        'crypto',
        'database',
        'errors',
        'graphql',
        'http',
      ],
      ...['key-file', 'metrics', 'mount-calls', 'create-upstream', 'providers', 'rest', 'tracing', 'upgrade', 'upstream', 'usage'],
    ],
  },
  app: {
    does: 'composes all APIs: which path goes where, and who gets in',
    mayEnter: [
      ...[
        'auth',
        'backlog',
        'cache',
        'calls',
        'console',
        'database',
        'documentation',
        'errors',
        'request-context',
        'graphql',
        'http',
        'metrics',
        'mount-calls',
        'rest',
      ],
      ...['rest-reference', 'tracing'],
    ],
  },
  backlog: { does: 'small work of finished requests, done many at a time', mayEnter: [] },
  'request-context': { does: 'what belongs to one request', mayEnter: ['auth', 'graphql', 'http', 'metrics', 'tracing'] },
  'mount-calls': {
    does: 'model calls with their log, metrics and usage',
    mayEnter: ['calls', 'graphql', 'metrics', 'usage'],
  },
  calls: {
    does: 'the data plane: reads a model call, chooses the key, forwards, fails over, relays the answer',
    mayEnter: [
      ...['api-keys', 'auth', 'backlog', 'crypto', 'database', 'errors', 'generated', 'http', 'providers', 'read-url', 'routes', 'tracing'],
      ...['upstream', 'usage'],
    ],
  },
  usage: {
    does: 'who called what and how many tokens it used: single calls and sums',
    mayEnter: ['activity', 'backlog', 'calls', 'database', 'errors', 'generated'],
  },
  routes: {
    does: 'model routes and the circuit breaker of their targets',
    mayEnter: ['audit', 'auth', 'check-text', 'database', 'errors', 'generated'],
  },
  'rest/<dialect>': {
    does: 'one REST API of another product, translated into GraphQL operations',
    mayEnter: ['read-url', 'rest', 'auth', 'certificate', 'errors', 'first-release', 'generated', 'http', 'version'],
  },
  rest: {
    does: 'what the dialects share: router, mounts, and `execute.ts`, the port into GraphQL',
    mayEnter: ['read-url', 'auth', 'errors', 'first-release', 'graphql', 'http', 'rest/<dialect>'],
  },
  'rest-reference': { does: 'serves Swagger UI and the OpenAPI documents', mayEnter: ['http', 'rest'] },
  console: { does: 'serves the built console (workspace `console/`)', mayEnter: ['http', 'package-folder'] },
  documentation: { does: 'serves the pages made from `docs/`', mayEnter: ['http', 'package-folder'] },
  graphql: {
    does: 'the schema, its limits and errors; reads go straight to Prisma',
    mayEnter: [
      ...['activity', 'api-keys', 'audit', 'auth', 'calls', 'changes', 'crypto', 'database', 'destination', 'errors', 'generated', 'http'],
      ...['providers', 'routes', 'tracing', 'usage'],
    ],
  },
  providers: {
    does: 'the domain: one command per file, and the rules of inputs',
    mayEnter: [
      'read-url',
      'api-keys',
      'audit',
      'auth',
      'certificate',
      'check-text',
      'crypto',
      'database',
      'destination',
      'errors',
      'generated',
      'upstream',
    ],
  },
  'api-keys': {
    does: 'the only reader and writer of the tables of secrets',
    mayEnter: ['check-text', 'crypto', 'database', 'destination', 'errors', 'first-release', 'generated'],
  },
  destination: { does: 'where a secret goes, as one text made of stored rows', mayEnter: ['read-url'] },
  'upstream/client': {
    does: 'the guarded HTTP client: address policy, dialling, proxies, TLS',
    mayEnter: ['read-url', 'tracing'],
  },
  'upstream/vendors': {
    does: 'one file per provider type: how a key is sent, tested and judged',
    mayEnter: ['read-url', 'upstream/client'],
  },
  'upstream/test': {
    does: 'the connection test: deadline, control request, limits, words',
    mayEnter: ['errors', 'tracing', 'upstream/client', 'upstream/vendors'],
  },
  auth: { does: 'tokens, roles, and the rules of each API', mayEnter: ['audit', 'crypto', 'database', 'errors', 'generated'] },
  audit: { does: 'records who did what, in the transaction of the change', mayEnter: ['auth', 'database', 'errors', 'generated'] },
  changes: {
    does: 'reports what any process has committed, from the audit log',
    mayEnter: ['audit', 'auth', 'database', 'errors'],
  },
  activity: { does: 'the store of last uses and usage, beside the data', mayEnter: ['database', 'generated'] },
  cache: { does: 'answers in memory, each valid for one state of the data', mayEnter: ['auth', 'http'] },
  crypto: { does: 'envelope encryption, keyring, canary', mayEnter: ['read-url', 'errors'] },
  database: {
    does: 'opens either database, migrates, classifies failures',
    mayEnter: ['read-url', 'errors', 'generated', 'package-folder', 'tracing'],
  },
  upgrade: {
    does: 'upgrades stored data of earlier releases',
    mayEnter: ['api-keys', 'audit', 'auth', 'crypto', 'database', 'destination', 'first-release', 'generated', 'upstream'],
  },
  'encryption-keys': {
    does: 'rotates and retires encryption keys',
    mayEnter: ['api-keys', 'audit', 'auth', 'crypto', 'database', 'errors'],
  },
  cli: {
    does: '`gateway <command>`: one file per command, on the same domain as the APIs',
    mayEnter: [
      ...['activity', 'api-keys', 'audit', 'auth', 'config', 'crypto', 'database', 'destination', 'encryption-keys', 'errors', 'generated'],
      ...['key-file', 'logger', 'create-upstream', 'providers', 'routes', 'start', 'upgrade', 'upstream', 'usage', 'version'],
    ],
  },
  config: { does: 'the only reader of the environment', mayEnter: ['config-calls', 'config-values', 'crypto', 'errors'] },
  'config-calls': { does: 'the settings of model calls', mayEnter: ['config-values'] },
  'config-values': { does: 'what values a setting accepts', mayEnter: ['read-url', 'auth', 'crypto', 'errors', 'upstream'] },
  'create-upstream': {
    does: 'creates the guarded client and the limits of tests from the settings',
    mayEnter: ['read-url', 'config', 'errors', 'providers', 'upstream'],
  },
  'key-file': { does: 'finds or creates the encryption key', mayEnter: ['api-keys', 'crypto', 'database', 'errors'] },
  metrics: { does: 'counters, and `/metrics`', mayEnter: ['auth', 'backlog', 'cache', 'calls', 'changes', 'database', 'http'] },
  tracing: { does: 'OpenTelemetry spans', mayEnter: [] },
  logger: { does: 'log lines of allowed fields', mayEnter: ['tracing'] },
  http: { does: 'bodies, headers and answers of HTTP', mayEnter: [] },
  certificate: { does: 'checks a PEM certificate', mayEnter: ['errors'] },
  'check-text': { does: 'checks the length and characters of stored texts', mayEnter: ['errors'] },
  'read-url': { does: 'parses a URL or a part of one, or returns nothing', mayEnter: [] },
  'first-release': { does: 'the shape of data that release 0.1.0 stored per dialect', mayEnter: [] },
  version: { does: 'the release that runs', mayEnter: ['package-folder'] },
  'package-folder': { does: 'where the files of the release lie', mayEnter: [] },
  errors: { does: 'the closed lists of problems, faults and validation rules', mayEnter: [] },
}

/** Whether a file of one room may import from another one. A dialect uses what all of them share, and nothing of another one. */
export function mayEnter(from: string, to: string): boolean {
  if (from === to) return true
  const target = kindOf(to)
  const room = ROOMS[kindOf(from)]
  // A room that may enter all of `upstream` says so in one word; its own three rooms name each other.
  return room?.mayEnter.some((name) => name === target || (name === 'upstream' && target.startsWith('upstream/'))) ?? false
}

/** The row of a room: all dialects share one. */
export function kindOf(room: string): string {
  return room.startsWith('rest/') ? 'rest/<dialect>' : room
}

const HEAD = `# Rooms

Generated by \`npm run rooms\`: do not edit. See [architecture](../architecture.md).

A room is a folder or a file of \`src\`. It may import only from the rooms that its row names. The table omits \`errors\` and \`generated\`, which most rooms import. \`test/unit/architecture.test.ts\` enforces it.

`

/** The page `docs/reference/rooms.md`. */
export function roomsReference(): string {
  const rows = Object.entries(ROOMS).map(([name, { does, mayEnter: entered }]) => {
    const others = entered.filter((room) => room !== 'errors' && room !== 'generated')
    return `| \`${name}\` | ${does} | ${others.length === 0 ? '' : others.map((room) => `\`${room}\``).join(', ')} |`
  })
  return `${HEAD}${['| room | what it does | may import from |', '| --- | --- | --- |', ...rows, ''].join('\n')}`
}
