import type { z } from 'zod'
import { readGoJson } from '../read-json.ts'
import { settingsHeader } from './wire.ts'

/** A request as its schema has it, or what a decoder would say. The detail never repeats a value that may be a key. */
export type Decoded<Request> = { readonly request: Request } | { readonly problem: string }

/** Decodes a body (Coder contract, sections 1.5 and 4.3): unknown fields are ignored, wrong types are not. */
export function decodeBody<Schema extends z.ZodObject>(schema: Schema, body: string): Decoded<z.output<Schema>> {
  const read = readGoJson(body)
  if ('problem' in read) return read
  const value = read.value ?? {}
  const problem = isRecord(value) ? settingsProblem(value.settings) : null
  if (problem !== null) return { problem }
  const parsed = schema.safeParse(value)
  return parsed.success ? { request: parsed.data } : { problem: typeProblem(parsed.error) }
}

/** The settings are a union: what they are decides how they are read (Coder contract, section 4.3). */
function settingsProblem(settings: unknown): string | null {
  if (settings === undefined || settings === null) return null
  const header = settingsHeader.safeParse(settings)
  if (!header.success) return `decode settings header: ${typeProblem(header.error)}`
  const { _type: type, _version: version } = header.data
  if (!type) return 'settings missing _type discriminator'
  if (type !== 'bedrock') return `unknown settings type ${JSON.stringify(type.slice(0, 100))}`
  if (version !== 1) return `unsupported "bedrock" settings version ${version ?? 0} (expected 1)`
  return null
}

function typeProblem({ issues }: z.ZodError): string {
  const [issue] = issues
  const field = issue?.path.join('.') ?? ''
  if (issue?.code !== 'invalid_type') return `${field}: ${issue?.message ?? 'invalid value'}`
  const problem = `json: cannot unmarshal value${field === '' ? '' : ` of field ${field}`} into type ${issue.expected}`
  return field.startsWith('settings.') ? `decode bedrock settings: ${problem}` : problem
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
