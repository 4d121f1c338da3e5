import type { IncomingMessage } from 'node:http'
import type { CallScope } from '../auth/call-scope.ts'
import type { TakeTurn } from '../http/turns.ts'
import { at, isRecord } from '../upstream/vendors/json.ts'
import type { CallBody } from './call-body.ts'
import { modelNotAllowed, requireModelInScope } from './call-permission.ts'
import { readJsonTop, valueIn } from './json-member.ts'

/** Members of a body that name models which take the call when `model` fails: OpenRouter's, Anthropic's and LiteLLM's, Vercel's. */
const MEMBERS = ['models', 'fallbacks', 'provideroptions'] as const
/** Longer is no list of models. */
const MOST_BYTES = 65_536
/** Vercel's own API takes the model from such a header, whatever the body says. */
const HEADER = /^ai-(?:[a-z]+-)?model-id$/

/**
 * Whether a token may call every model that a call names beside `model`. Tools may name models too: those are not looked for.
 * @throws CallError `model_not_allowed`.
 */
export async function requireOthersInScope(scope: CallScope, request: IncomingMessage, body: CallBody, takeTurn: TakeTurn): Promise<void> {
  if (scope.models === null) return
  const inHeaders = Object.entries(request.headersDistinct).flatMap(([name, values = []]) => (HEADER.test(name) ? values : []))
  const inBody = body.kind === 'whole' ? await modelsInBody(body.bytes, takeTurn) : []
  for (const model of [...inHeaders, ...inBody]) requireModelInScope(scope, model)
}

async function modelsInBody(json: Buffer, takeTurn: TakeTurn): Promise<string[]> {
  const found: string[] = []
  for (const member of MEMBERS) {
    const [given, second] = (await readJsonTop(json, member, takeTurn))?.members ?? []
    if (given === undefined) continue
    const { start, end } = valueIn(json, given.rest)
    if (second !== undefined || end - start > MOST_BYTES) throw modelNotAllowed()
    const value: unknown = JSON.parse(json.toString('utf8', start, end))
    found.push(...modelsOf(member === 'provideroptions' ? at(value, 'gateway', 'models') : value))
  }
  return found
}

/** @throws CallError `model_not_allowed` for what nobody here can read. */
function modelsOf(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value ?? []].flat()
  return list.map((entry: unknown) => {
    const model = isRecord(entry) ? entry.model : entry
    if (typeof model !== 'string') throw modelNotAllowed()
    return model
  })
}
