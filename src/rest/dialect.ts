import type { IncomingHttpHeaders } from 'node:http'
import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import type { CallerRules } from '../auth/caller-rules.ts'
import type { Channel, Principal } from '../auth/principal.ts'
import type { SignInRefusal } from '../auth/sign-in.ts'
import type { Fault } from '../errors.ts'
import type { FirstReleaseReader } from '../first-release.ts'
import type { Answer } from '../http/respond.ts'
import type { TakeTurn } from '../http/turns.ts'
import type { OpenApiDocument, Operation } from './openapi.ts'

/** Runs one typed operation as the caller of the request. Throws a Fault for a refusal or a failure that no result union names. */
export type Run = <Data, Variables extends Record<string, unknown>>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
) => Promise<Data>

/** What a route works with: the caller is authenticated and has the route's role, the body is read. */
export interface RestRequest {
  /** As it was asked for, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  /** The parts of the path that the route names, decoded. */
  readonly parameters: Readonly<Record<string, string>>
  readonly headers: IncomingHttpHeaders
  /** Empty for a route that takes none. */
  readonly body: string
  readonly run: Run
  /** For each step of a long list but the first. */
  readonly takeTurn: TakeTurn
}

/** One method on one path. */
export interface Route<Name extends string = string> {
  /** Stands in the log in place of the path. */
  readonly name: Name
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** A part `:name` matches any text without a slash; a slash at the end matches with or without it. */
  readonly path: string
  /** Asked for before the body is read. The schema asks again: it alone decides. */
  readonly role: Principal['role']
  /** Zero for a route that takes no body. */
  readonly maxBodyBytes: number
  readonly handle: (request: RestRequest) => Promise<Answer> | Answer
  /** What its description says. */
  readonly operation: Operation
}

/** A route with what its description says. */
export function route<const Name extends string>(line: Omit<Route<Name>, 'operation'>, operation: Operation): Route<Name> {
  return { ...line, operation }
}

/** Whom the routes of a dialect are open to, and what body they take: to read, to act without one, and to write one of so many bytes. */
export function accessOf(maxBodyBytes: number) {
  return {
    read: { role: 'VIEWER', maxBodyBytes: 0 },
    act: { role: 'EDITOR', maxBodyBytes: 0 },
    write: { role: 'EDITOR', maxBodyBytes },
  } as const
}

/** What a request that no route answers asked for. */
export interface AskedFor {
  readonly method: string
  readonly path: string
}

/** What goes wrong before or around a route, in the words of the dialect. */
export interface Refusals<Name extends string = string> {
  unauthenticated(refusal: SignInRefusal): Answer
  forbidden(): Answer
  methodNotAllowed(allowed: readonly string[], asked: AskedFor): Answer
  /** For a path below the dialect's prefix that no route has. */
  unknownPath(asked: AskedFor): Answer
  bodyTooLarge(maxBytes: number): Answer
  bodyCompressed(): Answer
  /** @param route null when the request did not get to one. */
  fault(fault: Fault, route: Name | null): Answer
}

/** A REST API that speaks GraphQL to the schema. */
export interface Dialect {
  readonly channel: Channel
  /** What it promises about inputs. */
  readonly rules: CallerRules
  /** As people know it. */
  readonly title: string
  /** Its description. */
  readonly openApi: OpenApiDocument
  /** Stands in front of the paths of its routes; empty for one that has paths of its own. */
  readonly prefix: string
  readonly routes: readonly Route[]
  readonly refusals: Refusals
  /** The header besides `Authorization` in which its clients send the token, in lower case. */
  readonly tokenHeader?: string
  /** Paths under which its clients know model calls, besides `/ai`. */
  readonly callPrefixes?: readonly string[]
  /** For one that release 0.1.0 kept something for that has another form now. */
  readonly firstRelease?: FirstReleaseReader
}
