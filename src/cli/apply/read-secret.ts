import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Secret } from '../../crypto/secret.ts'
import { PartialFailure } from '../failure.ts'
import { ownFiles } from '../own-files.ts'
import type { Shell } from '../shell.ts'
import type { FileProvider, SecretReference } from './providers-file.ts'

/** Reads the secret that a reference points to. @throws PartialFailure without any part of it. */
export type ReadSecret = (reference: SecretReference) => Secret

const MAX_BYTES = 65_536

/** @param file The providers' file, where relative paths start; `-` for standard input. */
export function secretReader(shell: Pick<Shell, 'readSecretReference' | 'loadConfig' | 'configuredFiles'>, file: string): ReadSecret {
  const folder = file === '-' ? '.' : dirname(file)
  return (reference) => {
    if ('file' in reference) return readSecretFile(resolve(folder, reference.file), ownFiles(shell.loadConfig(), shell.configuredFiles()))
    const secret = shell.readSecretReference(reference.env)
    if (secret === 'OWN_SECRET')
      throw new PartialFailure(`The variable ${reference.env} holds a secret of the gateway itself, which no provider may get.`)
    if (secret === null) throw new PartialFailure(`The variable ${reference.env} is not set, or empty.`)
    return secret
  }
}

/**
 * Reads every secret that the providers refer to, once.
 * @throws PartialFailure that says which ones are missing.
 */
export function readAllSecrets(providers: readonly FileProvider[], read: ReadSecret): ReadSecret {
  const secrets = new Map<string, Secret>()
  const problems = new Set<string>()
  for (const reference of providers.flatMap(referencesIn)) {
    try {
      secrets.set(JSON.stringify(reference), read(reference))
    } catch (error) {
      if (!(error instanceof PartialFailure)) throw error
      problems.add(error.message)
    }
  }
  if (problems.size > 0) throw new PartialFailure(`Nothing was changed:\n${Array.from(problems, (problem) => `- ${problem}`).join('\n')}`)
  return (reference) => secrets.get(JSON.stringify(reference)) ?? read(reference)
}

function referencesIn({ apiKeys = [], network, settings, sealedExtensions = [] }: FileProvider): SecretReference[] {
  const references = [
    ...apiKeys.flatMap((key) => [key.valueFrom, ...(key.credentialParts ?? []).map((part) => part.valueFrom)]),
    ...(network?.extraHeaders ?? []).map((header) => header.valueFrom),
    network?.proxy?.passwordFrom,
    settings?.bedrock.accessKeyFrom,
    settings?.bedrock.accessKeySecretFrom,
    ...sealedExtensions.map((text) => text.valueFrom),
  ]
  return references.filter((reference) => reference !== undefined)
}

/** The line break at the end is the editor's. */
function readSecretFile(path: string, own: readonly string[]): Secret {
  try {
    if (own.some((file) => isSameFile(file, path)))
      throw new PartialFailure(`The file ${path} holds a secret of the gateway itself, which no provider may get.`)
    return new Secret(readAtMost(path).replace(/\r?\n$/, ''))
  } catch (error) {
    if (error instanceof PartialFailure) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw new PartialFailure(`The file ${path} cannot be read (${code}).`)
  }
}

/** By whatever name, also behind a link. */
function isSameFile(one: string, other: string): boolean {
  const [first, second] = [statSync(one, { throwIfNoEntry: false }), statSync(other, { throwIfNoEntry: false })]
  return first !== undefined && first.dev === second?.dev && first.ino === second.ino
}

/** No more of it than a secret may have: some files have no end. */
function readAtMost(path: string): string {
  const buffer = Buffer.alloc(MAX_BYTES + 1)
  const file = openSync(path, 'r')
  try {
    let length = 0
    for (let read = -1; read !== 0 && length < buffer.length; length += read)
      read = readSync(file, buffer, length, buffer.length - length, null)
    if (length > MAX_BYTES) throw new PartialFailure(`The file ${path} is too large for a secret.`)
    return buffer.toString('utf8', 0, length)
  } finally {
    closeSync(file)
  }
}
