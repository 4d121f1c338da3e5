import type { IncomingMessage } from 'node:http'
import type { CallScope } from '../auth/call-scope.ts'
import type { TakeTurn } from '../http/turns.ts'
import { at, isRecord } from '../upstream/vendors/json.ts'
import type { ProviderType } from '../upstream/vendors/provider-type.ts'
import type { CallBody } from './call-body.ts'
import { modelNotAllowed, requireModelInScope } from './call-permission.ts'
import { parseContentType } from './content-type.ts'
import { boundaryOf, modelOfForm } from './form-model.ts'
import { readJsonTop, valueIn } from './json-member.ts'

/** Members of a body that name models which take the call when `model` fails: OpenRouter's, Anthropic's and LiteLLM's, Vercel's. */
const MEMBERS = ['models', 'fallbacks', 'provideroptions'] as const
/** Members that are the model itself, by preset or type: at vendors who do not call it `model`, and where a `model` is none of those checked before. */
const OTHER_NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ['assemblyai', ['speech_model', 'speech_models', 'final_model']],
  ['bedrock', ['modelid']],
  ['elevenlabs', ['model_id']],
  ['replicate', ['version']],
  ['vercel', ['model']],
])
/** Longer is no list of models. */
const MOST_BYTES = 65_536
/** Vercel's own API takes the model from such a header, whatever the body says. */
const HEADER = /^ai-(?:[a-z]+-)?model-id$/
const VERCELS_OWN = /\/ai\/[a-z]+-model$/

/** The models that headers name, each once, where the vendor takes it from there; none elsewhere. @param path at the vendor. */
export function modelsInHeaders(type: ProviderType, path: string, request: IncomingMessage): string[] {
  return type === 'VERCEL' && VERCELS_OWN.test(path) ? [...new Set(headersOfModels(request))] : []
}

function headersOfModels({ headersDistinct }: IncomingMessage): string[] {
  return Object.entries(headersDistinct).flatMap(([name, values = []]) => (HEADER.test(name) ? values : []))
}

/**
 * Whether a token may call every model that a call names beside `model`. Tools may name models too: those are not looked for.
 * @param vendor the name of the provider's preset, else its type in lower case; null where the body names the provider.
 * @throws CallError `model_not_allowed`.
 */
export async function requireOthersInScope(
  scope: CallScope,
  request: IncomingMessage,
  body: CallBody,
  vendor: string | null,
  takeTurn: TakeTurn,
): Promise<void> {
  if (scope.models === null) return
  const named = OTHER_NAMES.get(vendor ?? '') ?? []
  const inBody = body.kind === 'whole' ? await modelsInBody(body.bytes, [...MEMBERS, ...named], takeTurn) : []
  const inForm = body.kind === 'whole' ? modelsInForm(body.bytes, request.headers['content-type'], named) : []
  for (const model of [...headersOfModels(request), ...inBody, ...inForm]) requireModelInScope(scope, model)
}

/** @throws CallError `model_not_allowed` for what parsers read differently. */
function modelsInForm(bytes: Buffer, contentType: string | undefined, members: readonly string[]): string[] {
  const type = parseContentType(contentType ?? '')
  const boundary = type === null ? null : boundaryOf(type)
  if (boundary === null) return []
  return members.flatMap((member) => {
    const model = modelOfForm(bytes, boundary, true, member)
    if (model.kind === 'none') return []
    if (model.kind !== 'model') throw modelNotAllowed()
    return [model.name]
  })
}

async function modelsInBody(json: Buffer, members: readonly string[], takeTurn: TakeTurn): Promise<string[]> {
  const found: string[] = []
  for (const member of members) {
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
