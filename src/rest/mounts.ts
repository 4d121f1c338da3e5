import type { FirstReleaseReader } from '../first-release.ts'
import { percentDecoded } from '../read-url.ts'
import { bifrostDialect } from './bifrost/routes.ts'
import { coderDialect } from './coder/routes.ts'
import type { Dialect, Route } from './dialect.ts'
import { respanDialect } from './respan/routes.ts'
import { ziriDialect } from './ziri/routes.ts'

/** A dialect under one prefix. */
export interface Mount {
  readonly dialect: Dialect
  readonly prefix: string
}

/** A route that has the path of a request. */
export interface Match {
  readonly dialect: Dialect
  readonly route: Route
  readonly parameters: Readonly<Record<string, string>>
}

/** The description of a dialect, to be shown. */
export interface RestDescription {
  /** Stands in addresses. */
  readonly name: string
  readonly title: string
  /** In the form of OpenAPI. */
  readonly document: object
}

/** Which dialect is also mounted without its prefix. */
export type RootDialect = '' | 'bifrost' | 'respan' | 'ziri'

/** All dialects, in the order in which they are shown. */
export const DIALECTS: readonly Dialect[] = [coderDialect, bifrostDialect, respanDialect, ziriDialect]

/** The headers besides `Authorization` in which a token may come. */
export const TOKEN_HEADERS: readonly string[] = DIALECTS.flatMap(({ tokenHeader }) => tokenHeader ?? [])

/** The paths besides `/ai` under which model calls are known. */
export const CALL_PREFIXES: readonly string[] = DIALECTS.flatMap(({ callPrefixes = [] }) => callPrefixes)

/** What reads the data of release 0.1.0 that dialects kept. */
export const FIRST_RELEASE_READERS: readonly FirstReleaseReader[] = DIALECTS.flatMap(({ firstRelease }) => firstRelease ?? [])

/** Every dialect at its own prefix, and the one that the operator chose at the bare paths of its documentation. */
export function rootMounts(rootDialect: RootDialect): Mount[] {
  const own = DIALECTS.map((dialect) => ({ dialect, prefix: dialect.prefix }))
  const root = DIALECTS.filter(({ channel }) => channel === rootDialect)
  return [...own, ...root.map((dialect) => ({ dialect, prefix: '' }))]
}

/** What the reference of all dialects shows. */
export function restDescriptions(): RestDescription[] {
  return DIALECTS.map(({ channel, title, openApi }) => ({ name: channel, title, document: openApi }))
}

/** Whether a path belongs to the REST dialects at all. */
export function isRestPath(path: string): boolean {
  return isBelow(path, '/api') || DIALECTS.some(({ prefix }) => prefix !== '' && isBelow(path, prefix))
}

/** The dialect that says that nothing is at a path: by its prefix, else Coder's, who has the most clients (Coder contract, section 1). */
export function ownerOf(mounts: readonly Mount[], path: string): Dialect {
  return mounts.find(({ prefix }) => prefix !== '' && isBelow(path, prefix))?.dialect ?? coderDialect
}

/** All routes that have this path, whatever their method. */
export function matchPath(mounts: readonly Mount[], path: string): Match[] {
  return mounts.flatMap(({ dialect, prefix }) =>
    dialect.routes.flatMap((route) => {
      const parameters = matchTemplate(`${prefix}${route.path}`, path)
      return parameters === null ? [] : [{ dialect, route, parameters }]
    }),
  )
}

function isBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`)
}

function matchTemplate(template: string, path: string): Record<string, string> | null {
  const wanted = template.replace(/\/$/, '').split('/')
  const given = (template.endsWith('/') ? path.replace(/\/$/, '') : path).split('/')
  if (wanted.length !== given.length) return null
  const fits = wanted.every((part, index) => (part.startsWith(':') ? given[index] !== '' : part === given[index]))
  if (!fits) return null
  return Object.fromEntries(
    wanted.flatMap((part, index) => (part.startsWith(':') ? [[part.slice(1), bounded(decoded(given[index] ?? ''))]] : [])),
  )
}

const MAX_NAME_LENGTH = 1_000

/** A text longer than every name is cut, and ends in a character that no name has: nothing is found by it. */
function bounded(part: string): string {
  return part.length <= MAX_NAME_LENGTH ? part : `${part.slice(0, MAX_NAME_LENGTH - 1)}\u0000`
}

/** A part that is not encoded properly stays as it is: no name has a percent sign. */
function decoded(part: string): string {
  return percentDecoded(part) ?? part
}
