/** The rooms of `src`, and which others each may import from: the only list of module boundaries. */

export interface Room {
  /** What it does, for a newcomer. */
  readonly does: string
  /** `upstream` and `rest` stand for all rooms below them. */
  readonly mayEnter: readonly string[]
}

/** In the order in which a request meets them. A folder of `src`, or a file at its top. */
export const ROOMS: Readonly<Record<string, Room>> = {
  main: { does: 'the process of a server: the same as `gateway serve`', mayEnter: ['cli'] },
  start: {
    does: 'opens the database, checks the keys, migrates, listens: in this order',
    mayEnter: [
      ...['activity', 'api-keys', 'app', 'audit', 'auth', 'calls', 'changes', 'config', 'crypto', 'database', 'errors', 'graphql', 'http'],
      ...['key-file', 'metrics', 'mount-calls', 'create-upstream', 'providers', 'rest', 'tracing', 'upgrade', 'upstream', 'usage'],
    ],
  },
  app: {
    does: 'the composition of all APIs: which path goes where, and who gets in',
    mayEnter: [
      ...[
        'auth',
        'cache',
        'calls',
        'console',
        'database',
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
  'request-context': { does: 'one request on its way to its answer', mayEnter: ['auth', 'graphql', 'metrics', 'tracing'] },
  'mount-calls': {
    does: 'model calls with their log, metrics and usage',
    mayEnter: ['auth', 'calls', 'graphql', 'metrics', 'usage'],
  },
  calls: {
    does: 'the data plane: reads a model call, chooses the key, forwards it, fails over, relays the answer',
    mayEnter: [
      ...['api-keys', 'auth', 'crypto', 'database', 'errors', 'generated', 'http', 'providers', 'routes', 'tracing', 'upstream', 'usage'],
    ],
  },
  usage: {
    does: 'who called what, and what calls used, in tokens: single calls and their sums, kept beside the data',
    mayEnter: ['activity', 'calls', 'database', 'errors', 'generated'],
  },
  routes: {
    does: 'model routes: one name for models of several providers, and the breaker of their targets',
    mayEnter: ['audit', 'auth', 'check-text', 'database', 'errors', 'generated'],
  },
  'rest/<dialect>': {
    does: 'one REST API of another product: its routes, words and rules, translated into operations of GraphQL',
    mayEnter: ['read-url', 'rest', 'auth', 'certificate', 'errors', 'first-release', 'generated', 'graphql', 'http'],
  },
  rest: {
    does: 'what the dialects share: router, mounts, `execute.ts` (the port into GraphQL)',
    mayEnter: ['auth', 'errors', 'first-release', 'graphql', 'http', 'rest/<dialect>'],
  },
  'rest-reference': { does: 'serves Swagger UI and the descriptions of the dialects', mayEnter: ['http', 'rest'] },
  console: { does: 'serves the built console (`console/`, a workspace of its own)', mayEnter: ['http'] },
  graphql: {
    does: 'the schema, its limits and errors; reads go from here straight into Prisma',
    mayEnter: [
      ...['activity', 'api-keys', 'audit', 'auth', 'calls', 'changes', 'crypto', 'database', 'destination', 'errors', 'generated', 'http'],
      ...['providers', 'routes', 'tracing', 'usage'],
    ],
  },
  providers: {
    does: 'the domain: one command per file, and the rules of its inputs',
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
  destination: { does: 'where a secret goes and who can read it on the way, as one text made of stored rows', mayEnter: ['read-url'] },
  'upstream/client': {
    does: 'the guarded HTTP client: address policy, dialling, proxies, TLS. Knows no vendor',
    mayEnter: ['read-url', 'errors', 'tracing'],
  },
  'upstream/vendors': {
    does: 'one small file per provider type: how a key is sent, tried, and judged',
    mayEnter: ['read-url', 'errors', 'upstream/client'],
  },
  'upstream/test': {
    does: 'the connection test: deadline, control request, limits, words',
    mayEnter: ['errors', 'tracing', 'upstream/client', 'upstream/vendors'],
  },
  auth: { does: 'tokens, roles, the rules of each API: who asks', mayEnter: ['audit', 'crypto', 'database', 'errors', 'generated'] },
  audit: { does: 'who did what to which id, in the transaction of the change', mayEnter: ['auth', 'database', 'errors', 'generated'] },
  changes: {
    does: 'tells this process what any process has committed, from the audit log',
    mayEnter: ['audit', 'auth', 'database', 'errors'],
  },
  activity: { does: 'last uses and usage, kept beside the data: writing them is no change of it', mayEnter: ['database', 'generated'] },
  cache: { does: 'finished answers, each valid in one state of the data', mayEnter: ['auth', 'http'] },
  crypto: { does: 'envelope encryption, keyring, canary', mayEnter: ['read-url', 'errors'] },
  database: {
    does: 'opens either database, runs migrations, tells failures apart',
    mayEnter: ['read-url', 'errors', 'generated', 'tracing'],
  },
  upgrade: {
    does: 'brings stored data of an earlier release into the form of this one',
    mayEnter: [
      ...['api-keys', 'audit', 'auth', 'crypto', 'database', 'destination', 'errors', 'first-release', 'generated', 'providers'],
      'upstream',
    ],
  },
  'encryption-keys': {
    does: 'rotates and retires encryption keys',
    mayEnter: ['api-keys', 'audit', 'auth', 'crypto', 'database', 'errors'],
  },
  cli: {
    does: '`gateway <command>`: one file per command, over the same domain as the APIs',
    mayEnter: [
      ...['activity', 'api-keys', 'audit', 'auth', 'config', 'crypto', 'database', 'destination', 'encryption-keys', 'errors', 'generated'],
      ...['key-file', 'logger', 'create-upstream', 'providers', 'routes', 'start', 'upgrade', 'upstream', 'usage'],
    ],
  },
  config: { does: 'the only reader of the environment', mayEnter: ['config-calls', 'config-values', 'crypto', 'errors'] },
  'config-calls': { does: 'the settings of model calls', mayEnter: ['config-values'] },
  'config-values': { does: 'what the value of a setting can be', mayEnter: ['read-url', 'auth', 'crypto', 'errors', 'upstream'] },
  'create-upstream': {
    does: 'makes the guarded client and the limits of tests from the settings',
    mayEnter: ['read-url', 'config', 'errors', 'providers', 'upstream'],
  },
  'key-file': { does: 'finds or makes the encryption key of an installation', mayEnter: ['api-keys', 'crypto', 'database', 'errors'] },
  metrics: { does: 'what is counted, and `/metrics`', mayEnter: ['auth', 'cache', 'calls', 'changes', 'database', 'http'] },
  tracing: { does: 'spans, sent when `OTEL_*` asks for it', mayEnter: [] },
  logger: { does: 'log lines of allowed fields', mayEnter: ['tracing'] },
  http: { does: 'bodies, headers and answers of plain HTTP', mayEnter: [] },
  certificate: { does: 'what a certificate in PEM must look like', mayEnter: ['errors'] },
  'check-text': { does: 'what every stored text must be: no longer than so much, and of whole characters', mayEnter: ['errors'] },
  'read-url': { does: 'a text as a URL, or nothing', mayEnter: [] },
  'first-release': { does: 'the form in which a dialect hands over what release 0.1.0 kept in its words', mayEnter: [] },
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

function kindOf(room: string): string {
  return room.startsWith('rest/') ? 'rest/<dialect>' : room
}

/** The table of rooms in `docs/architecture.md`. */
export function roomsTable(): string {
  const rows = Object.entries(ROOMS).map(([name, { does, mayEnter: entered }]) => {
    const others = entered.filter((room) => room !== 'errors' && room !== 'generated')
    return `| \`${name}\` | ${does} | ${others.length === 0 ? '' : others.map((room) => `\`${room}\``).join(', ')} |`
  })
  return ['| room | what it does | may import from |', '| --- | --- | --- |', ...rows, ''].join('\n')
}
