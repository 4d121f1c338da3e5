import type { IncomingHttpHeaders } from 'node:http'
import type { z } from 'zod'
import type { Answer } from '../../http/respond.ts'
import { isJson, readJson } from '../read-json.ts'
import { invalidFields, parseError, unsupportedMediaType } from './errors.ts'
import { type FieldErrors, typeName } from './wire.ts'

/** A request as its schema has it, or the answer that refuses it. */
export type Decoded<Request> = { readonly request: Request } | { readonly refusal: Answer }

/** Decodes a body: fields that nobody knows are ignored, and each broken field is named with its first fault. */
export function decodeBody<Schema extends z.ZodObject>(
  schema: Schema,
  { headers, body }: { readonly headers: IncomingHttpHeaders; readonly body: string },
): Decoded<z.output<Schema>> {
  const contentType = headers['content-type'] ?? ''
  if (body !== '' && !isJson(contentType)) return { refusal: unsupportedMediaType(contentType) }
  const read = body === '' ? { value: {} } : readJson(body)
  if ('problem' in read) return { refusal: parseError(read.problem) }
  const { value } = read
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const type = value === null ? 'NoneType' : typeName(value)
    return { refusal: invalidFields({ non_field_errors: [`Invalid data. Expected a dictionary, but got ${type}.`] }) }
  }
  const parsed = schema.safeParse(value)
  return parsed.success ? { request: parsed.data } : { refusal: invalidFields(toErrors(parsed.error)) }
}

function toErrors({ issues }: z.ZodError): FieldErrors {
  const errors: FieldErrors = {}
  for (const { path, message } of issues) errors[String(path[0])] ??= [message]
  return errors
}
