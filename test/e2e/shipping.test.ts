import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { DOCUMENTATION_SOURCES } from '../../scripts/documentation.ts'
import { parseConfig, SETTINGS } from '../../src/config.ts'
import { parseKeyring } from '../../src/crypto/keyring.ts'
import { codeBlock } from '../support/documents.ts'
import { temporaryFolder } from '../support/gateway-process.ts'

/** No container is made here: what the files for shipping say is read, and done step by step. */

const folder = temporaryFolder()
afterAll(() => folder.remove())

interface Instruction {
  readonly name: string
  readonly value: string
}

/** The instructions of each stage, with lines that go on put together. */
function readStages(): Instruction[][] {
  const text = readFileSync('Dockerfile', 'utf8')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
  const instructions = text.split('\n').flatMap((line) => {
    const [, name, value] = /^([A-Z]+)\s+(.+)$/.exec(line) ?? []
    return name === undefined || value === undefined ? [] : [{ name, value: value.replace(/\s+/g, ' ') }]
  })
  const stages: Instruction[][] = []
  for (const instruction of instructions) {
    if (instruction.name === 'FROM') stages.push([])
    stages.at(-1)?.push(instruction)
  }
  return stages
}

const stages = readStages()
const last = stages.at(-1) ?? []
const valuesOf = (stage: readonly Instruction[], name: string) => stage.filter((one) => one.name === name).map(({ value }) => value)
const copied = valuesOf(last, 'COPY').map((value) => {
  const [, stage = '', from = '', to = ''] = /^--from=(\S+) \/app\/(\S+) (\S+)$/.exec(value) ?? []
  return { stage, from, to }
})
const imageEnvironment = Object.fromEntries(
  valuesOf(last, 'ENV').flatMap((value) => value.split(' ').map((pair) => pair.split(/=(.*)/).slice(0, 2))),
)

describe('the image', () => {
  test('is built in stages from one base, and its last one has no build tools and is not root', () => {
    expect(stages.map(([from]) => from?.value.replace(/ AS .*/, ''))).toEqual(Array(3).fill('node:20-bookworm-slim'))
    expect(copied.every(({ from, to }) => from === to && from !== '')).toBe(true)
    expect(valuesOf(last, 'RUN').join()).toMatch(/^rm -rf .*node_modules .*npm/)
    expect(valuesOf(last, 'RUN').join()).not.toMatch(/npm (?:ci|install)|apt/)
    expect(valuesOf(last, 'USER')).toEqual(['1000:1000'])
    expect(valuesOf(last, 'VOLUME')).toEqual(['/data'])
    expect(valuesOf(stages[1] ?? [], 'RUN').join()).toContain('--omit=dev')
    // A clone that was made for its owner alone still makes an image that the user in it can read.
    const made = copied.filter(({ stage }) => stage === 'build').map(({ from }) => from.split('/migrations')[0] ?? '')
    const [, readable = ''] = /chmod -R go\+rX (.*)$/.exec(valuesOf(stages[0] ?? [], 'RUN').at(-1) ?? '') ?? []
    expect(readable.split(' ').sort()).toEqual(made.sort())
  })

  test('sets nothing but settings that there are', () => {
    const { NODE_ENV, ...settings } = imageEnvironment
    expect(NODE_ENV).toBe('production')
    expect(Object.keys(settings).filter((name) => !(name in SETTINGS))).toEqual([])
    expect(parseConfig(settings)).toMatchObject({ HOST: '0.0.0.0', PORT: 4000 })
  })

  test('is built from what the project has, without data, keys or settings of this machine', () => {
    const allowed = readFileSync('.dockerignore', 'utf8')
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []))
    expect(allowed.filter((path) => !existsSync(path))).toEqual([])
    const sources = stages.flatMap((stage) => valuesOf(stage, 'COPY').filter((value) => !value.startsWith('--from')))
    const files = [...DOCUMENTATION_SOURCES, ...sources.flatMap((value) => value.split(' ').slice(0, -1)).filter((path) => path !== '.')]
    expect(files.filter((path) => !allowed.some((root) => path === root || path.startsWith(`${root}/`)))).toEqual([])
    for (const secret of ['data', '.env', 'secrets', '.git']) expect(allowed).not.toContain(secret)
  })

  test('has the packages that the program runs with, and not the tools that these can work with', () => {
    const site = join(folder.path, 'packages')
    const { packages } = z
      .object({ packages: z.record(z.string(), z.unknown()) })
      .parse(JSON.parse(readFileSync('package-lock.json', 'utf8')))
    for (const path of Object.keys(packages)) mkdirSync(join(site, path), { recursive: true })
    cpSync('package-lock.json', join(site, 'package-lock.json'))
    execFileSync(process.execPath, [resolve('scripts/keep-runtime-packages.mjs')], { cwd: site })
    const { dependencies } = z
      .object({ dependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync('package.json', 'utf8')))
    const isKept = (name: string) => existsSync(join(site, 'node_modules', name))
    // Some that they need in turn, in their own folders or as peers.
    const needed = [...Object.keys(dependencies), '@prisma/driver-adapter-utils', '@libsql/linux-x64-gnu', 'graphql-yoga', 'pg-protocol']
    expect(needed.filter((name) => !isKept(name))).toEqual([])
    expect(['prisma', 'typescript', 'effect', 'react-dom', 'vitest', '.bin'].filter(isKept)).toEqual([])
    expect(valuesOf(stages[1] ?? [], 'RUN').join()).toMatch(/&& node scripts\/keep-runtime-packages\.mjs$/)
  })

  test('holds all that the program needs, which runs from it read-only, is healthy, and ends when it is told to', async () => {
    const app = join(folder.path, 'app')
    for (const { stage, from, to } of copied) {
      mkdirSync(resolve(app, to, '..'), { recursive: true })
      // The packages of this clone stand for those that `npm ci --omit=dev` brings; knip holds the two lists apart.
      if (stage === 'dependencies') symlinkSync(resolve(from), join(app, to))
      else cpSync(from, join(app, to), { recursive: true })
    }
    execFileSync('chmod', ['-R', 'a-w', app])
    const data = join(folder.path, 'data')
    mkdirSync(data)
    const PORT = '4123'
    const environment = {
      PATH: process.env.PATH ?? '',
      ...imageEnvironment,
      PORT,
      HOST: '127.0.0.1',
      DATABASE_URL: `file:${data}/gateway.db`,
    }
    const [entry, command] = [valuesOf(last, 'ENTRYPOINT').join(), valuesOf(last, 'CMD').join()].map((text) =>
      z.array(z.string()).parse(JSON.parse(text)),
    )
    const [program = '', ...parameters] = [...(entry ?? []), ...(command ?? [])]
    const running = execFile(program, parameters, { cwd: app, env: environment })
    const ended = new Promise<number | null>((settle) => running.once('exit', settle))
    const [, check = '[]'] = /CMD (\[.*\])$/.exec(valuesOf(last, 'HEALTHCHECK').join()) ?? []
    const [probe = '', ...probeParameters] = z.array(z.string()).parse(JSON.parse(check))
    const isHealthy = () =>
      promisify(execFile)(probe, probeParameters, { env: environment }).then(
        () => true,
        () => false,
      )
    await expect.poll(isHealthy).toBe(true)
    expect(readdirSync(data)).toContain('encryption.key')
    for (const path of ['/console', '/docs', '/docs/rest']) expect((await fetch(`http://127.0.0.1:${PORT}${path}`)).status, path).toBe(200)
    running.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(await isHealthy()).toBe(false)
    execFileSync('chmod', ['-R', 'u+w', app])
  })
})

const service = z.object({
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  stop_grace_period: z.string().optional(),
  environment: z.record(z.string(), z.string()),
  secrets: z.array(z.string()),
  ports: z.array(z.string()).optional(),
})
const composition = z.object({
  services: z.object({ gateway: service, database: service }),
  secrets: z.record(z.string(), z.object({ file: z.string() })),
})

/** How long a stop lets model calls finish, unless a setting says otherwise. */
const STOP_SECONDS = Number(SETTINGS.CALL_STOP_GRACE_SECONDS.default)

describe('compose.yaml', () => {
  const { services, secrets } = composition.parse(parse(readFileSync('compose.yaml', 'utf8')))

  test('gives the gateway no rights, a file system that it cannot change, and time to finish', () => {
    expect(services.gateway).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    })
    expect(Number(services.gateway.stop_grace_period?.replace(/s$/, ''))).toBeGreaterThan(STOP_SECONDS)
    expect(services.gateway.ports).toEqual(['127.0.0.1:4000:4000'])
  })

  test('hands over every secret in a file, and these are what docs/operations.md makes', () => {
    const site = join(folder.path, 'compose')
    mkdirSync(site)
    execFileSync('sh', ['-e', '-c', codeBlock('docs/operations.md', 'sh compose-secrets')], { cwd: site })
    for (const { secrets: used } of [services.gateway, services.database])
      for (const name of used) expect(existsSync(join(site, secrets[name]?.file ?? 'none'))).toBe(true)
    const environment = Object.entries(services.gateway.environment).map(([name, value]) => [
      name,
      value.replace(/^\/run\/secrets\/(.*)$/, (_, secret) => join(site, secrets[secret]?.file ?? 'none')),
    ])
    const config = parseConfig({ ...imageEnvironment, ...Object.fromEntries(environment) })
    expect(config.DATABASE_URL).toMatch(/^postgresql:\/\/gateway:[0-9a-f]{48}@database:5432\/gateway$/)
    expect(config.ENCRYPTION_KEYS).toMatch(/^base64:/)
    expect(config.ADMIN_TOKEN).toHaveLength(64)
    const { kid } = parseKeyring(config.ENCRYPTION_KEYS).primary
    // The file is mounted: it has to stay the same one.
    const { ino } = statSync(join(site, 'secrets/encryption-keys'))
    execFileSync('sh', ['-e', '-c', codeBlock('docs/operations.md', 'sh compose-new-key')], { cwd: site })
    expect(readdirSync(join(site, 'secrets')).sort()).toEqual(Object.keys(secrets).sort())
    expect(statSync(join(site, 'secrets/encryption-keys')).ino).toBe(ino)
    const rotated = parseKeyring(parseConfig({ ...imageEnvironment, ...Object.fromEntries(environment) }).ENCRYPTION_KEYS)
    expect(rotated.kids).toEqual([rotated.primary.kid, kid])
  })

  test('makes secrets that no commit takes up', () => {
    for (const path of ['secrets/encryption-keys', 'data/encryption.key', '.env'])
      expect(spawnSync('git', ['check-ignore', '--no-index', '--quiet', path]).status, path).toBe(0)
  })
})

test('every way to start a server lets V8 collect garbage seldom, and not beside the program', () => {
  const starts = [
    /&& (node .* serve)/.exec(readFileSync('package.json', 'utf8'))?.[1],
    valuesOf(last, 'ENTRYPOINT').join(),
    /^ExecStart=(.*)$/m.exec(readFileSync('deploy/ai-provider-gateway.service', 'utf8'))?.[1],
  ]
  expect(starts).toEqual(starts.map(() => expect.stringMatching(/--no-concurrent-marking[" ,]+--initial-heap-size=128/)))
})

describe('the unit of systemd', () => {
  const unit = readFileSync('deploy/ai-provider-gateway.service', 'utf8')

  test('runs the program that the build makes, without privileges, and restarts it but for a wrong configuration', () => {
    for (const line of [
      'DynamicUser=yes',
      'ProtectSystem=strict',
      'NoNewPrivileges=yes',
      'CapabilityBoundingSet=',
      'RestartPreventExitStatus=78',
    ])
      expect(unit.split('\n')).toContain(line)
    expect(unit).toContain('/opt/ai-provider-gateway/dist/cli/gateway.js serve')
  })

  test('lets model calls finish before it kills the program', () => {
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(STOP_SECONDS)
  })

  test('lets the program call what it needs', () => {
    const values = (name: string) => unit.split('\n').flatMap((line) => (line.startsWith(`${name}=`) ? [line.slice(name.length + 1)] : []))
    // V8 asks for protection keys when it starts, and @system-service does not have them everywhere.
    expect(values('SystemCallFilter').join(' ')).toContain('@pkey')
    // A call that nobody thought of is refused, which programs expect, instead of the end of the process.
    expect(values('SystemCallErrorNumber')).toEqual(['EPERM'])
    // The system tells the addresses of the machine by netlink: connection tests must know them.
    expect(values('RestrictAddressFamilies').join().split(' ').sort()).toEqual(['AF_INET', 'AF_INET6', 'AF_NETLINK', 'AF_UNIX'])
  })

  test('has a command line beside it that works on its database with its settings', () => {
    const [settings, state] = [join(folder.path, 'environment'), join(folder.path, 'state')]
    writeFileSync(settings, 'PORT="4999"\nLOG_LEVEL=loud\n')
    const script = readFileSync('deploy/gateway', 'utf8')
      .replaceAll('/etc/ai-provider-gateway/environment', settings)
      .replace('/var/lib/ai-provider-gateway', state)
      .replace('/usr/bin/node', `'${process.execPath}'`)
      .replace('/opt/ai-provider-gateway/', `'${resolve('.')}'/`)
    const run = (given: Record<string, string> = {}) =>
      spawnSync('sh', ['-c', script, 'gateway', 'tokens', 'list'], {
        encoding: 'utf8',
        cwd: folder.path,
        env: { ...process.env, ...given },
      })
    expect(run()).toMatchObject({ status: 78, stderr: expect.stringContaining('LOG_LEVEL must be') })
    writeFileSync(settings, '')
    expect(run()).toMatchObject({ status: 78, stderr: expect.stringContaining(`no database at ${state}/gateway.db`) })
    // Of a restored database, the command must not tell of the old one.
    const restored = `file:${state}/restored.db`
    expect(run({ DATABASE_URL: restored })).toMatchObject({
      status: 78,
      stderr: expect.stringContaining(`no database at ${state}/restored.db`),
    })
    writeFileSync(settings, `DATABASE_URL="file:${state}/a$HOME.db"\n`)
    expect(run()).toMatchObject({ status: 78, stderr: expect.stringContaining(`no database at ${state}/a$HOME.db`) })
    expect(run({ DATABASE_URL: restored })).toMatchObject({ status: 78, stderr: expect.stringContaining('restored.db') })
    expect(unit).toContain('EnvironmentFile=-/etc/ai-provider-gateway/environment')
    expect(unit).toContain('StateDirectory=ai-provider-gateway\n')
  })

  test('is installed by commands that let others read the program, and none of the secrets in a clone that was used before', () => {
    const clone = join(folder.path, 'clone')
    const program = [
      'console/dist/index.html',
      'dist/cli/gateway.js',
      'node_modules/pg/index.js',
      'package.json',
      'prisma/migrations/one.sql',
    ]
    const secrets = ['data/encryption.key', 'secrets/admin-token', '.env']
    for (const file of [...program, ...secrets]) {
      mkdirSync(join(clone, dirname(file)), { recursive: true, mode: 0o700 })
      writeFileSync(join(clone, file), '', { mode: 0o600 })
    }
    const [line = ''] = /^chmod .*go\+rX.*$/m.exec(readFileSync('docs/operations.md', 'utf8')) ?? []
    execFileSync('sh', ['-c', line], { cwd: clone })
    const modeOf = (file: string) => (statSync(join(clone, file)).mode & 0o777).toString(8)
    expect(program.map(modeOf)).toEqual(program.map(() => '644'))
    expect(secrets.map(modeOf)).toEqual(secrets.map(() => '600'))
  })

  test.skipIf(spawnSync('systemd-analyze', ['--version']).status !== 0)('is what systemd takes for one', () => {
    const file = join(folder.path, 'ai-provider-gateway.service')
    writeFileSync(file, unit.replace('/usr/bin/node', process.execPath))
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
  })
})
