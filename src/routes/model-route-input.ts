import { randomUUID } from 'node:crypto'
import { findNamedProviders, isNamed, type NamedProvider } from '../auth/call-scope-input.ts'
import { checkText } from '../check-text.ts'
import type { TransactionClient } from '../database/client.ts'
import { ValidationError, type ValidationIssue } from '../errors.ts'

/** Names one model route: by its id, or by its name. */
export type ModelRouteRef = { readonly id: string } | { readonly name: string }

/** A target as somebody states it. */
export interface RouteTargetInput {
  readonly provider: NamedProvider
  /** The vendor's name of the model. */
  readonly model: string
  /** 1 when left out. */
  readonly weight?: number | undefined
  /** 0 when left out. */
  readonly priority?: number | undefined
}

/** What a route has besides its name. */
export interface ModelRouteFields {
  readonly description: string
  readonly enabled: boolean
  readonly retryAfterTimeout: boolean
  readonly targets: readonly RouteTargetInput[]
}

export interface NewModelRoute extends ModelRouteFields {
  readonly name: string
}

/** A change: what is left out stays; `targets` states all of them. */
export type ModelRouteChanges = { readonly [Field in keyof ModelRouteFields]: ModelRouteFields[Field] | undefined }

/** A target as it is stored, with the provider's name for the audit event. */
export interface PlannedTarget {
  readonly id: string
  readonly providerId: string
  readonly providerName: string
  readonly model: string
  readonly weight: number
  readonly priority: number
}

const MAX_NAME = 100
const MAX_DESCRIPTION = 1_000
const MAX_TARGETS = 32
const MAX_MODEL = 200
const MAX_WEIGHT = 1_000_000
const MAX_PRIORITY = 100
/** No slash: a text with one names a model of a provider. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._:-]*$/

/** @throws ValidationError with every rule that a new route or a change breaks. */
export function refuseFields({ name, description = '', targets }: Partial<ModelRouteChanges & Pick<NewModelRoute, 'name'>>): void {
  refuse([
    ...(name === undefined ? [] : checkName(name)),
    ...checkText(description, ['description'], MAX_DESCRIPTION),
    ...(targets === undefined ? [] : checkTargets(targets)),
  ])
}

function checkName(name: string): ValidationIssue[] {
  if (name === '') return [{ path: ['name'], rule: 'REQUIRED', message: 'The name is required.' }]
  if (name.length > MAX_NAME) return [outOfRange(['name'], `The name must not be longer than ${MAX_NAME} characters.`)]
  if (NAME.test(name)) return []
  const message = 'The name must be letters, digits and . _ : - and begin with a letter or a digit, e.g. "fast".'
  return [{ path: ['name'], rule: 'NAME_FORMAT', message }]
}

function checkTargets(targets: readonly RouteTargetInput[]): ValidationIssue[] {
  if (targets.length === 0 || targets.length > MAX_TARGETS) return [outOfRange(['targets'], `A route has 1 to ${MAX_TARGETS} targets.`)]
  return targets.flatMap((target, index) => checkTarget(target, index))
}

function checkTarget({ model, weight = 1, priority = 0 }: RouteTargetInput, index: number): ValidationIssue[] {
  const at = (field: string) => ['targets', String(index), field]
  const isModel = model.length > 0 && model.length <= MAX_MODEL && /^[\x21-\x7e]+$/.test(model)
  return [
    ...(isModel ? [] : [outOfRange(at('model'), `A model has 1 to ${MAX_MODEL} printable ASCII characters without spaces, e.g. gpt-5.`)]),
    ...(weight >= 0 && weight <= MAX_WEIGHT ? [] : [outOfRange(at('weight'), `The weight must be from 0 to ${MAX_WEIGHT}.`)]),
    ...(Number.isInteger(priority) && priority >= 0 && priority <= MAX_PRIORITY
      ? []
      : [outOfRange(at('priority'), `The priority must be a whole number from 0 to ${MAX_PRIORITY}.`)]),
  ]
}

/**
 * The targets as they are stored.
 * @throws ValidationError for providers that do not exist, and for two targets that are the same.
 */
export async function planTargets(transaction: TransactionClient, targets: readonly RouteTargetInput[]): Promise<PlannedTarget[]> {
  const named = targets.map(({ provider }) => provider)
  return resolveTargets(await findNamedProviders(transaction, named), targets)
}

/** The same with the providers that were found. */
export function resolveTargets(
  found: readonly { readonly id: string; readonly name: string }[],
  targets: readonly RouteTargetInput[],
): PlannedTarget[] {
  const issues: ValidationIssue[] = []
  const planned: PlannedTarget[] = []
  for (const [index, { provider, model, weight = 1, priority = 0 }] of targets.entries()) {
    const row = found.find(isNamed(provider))
    const path = ['targets', String(index)]
    if (row === undefined)
      issues.push({ path: [...path, 'provider'], rule: 'NOT_ALLOWED', message: 'There is no such provider. It may have been deleted.' })
    else if (planned.some((other) => other.providerId === row.id && other.model === model))
      issues.push({ path, rule: 'NOT_ALLOWED', message: 'The route has this model of this provider already.' })
    else planned.push({ id: randomUUID(), providerId: row.id, providerName: row.name, model, weight, priority })
  }
  refuse(issues)
  return planned
}

/** A target as an audit event has it. */
export function auditedTarget({ providerName, model, weight, priority }: Omit<PlannedTarget, 'id' | 'providerId'>) {
  return { target: `${providerName}/${model}`, weight, priority }
}

function outOfRange(path: readonly string[], message: string): ValidationIssue {
  return { path, rule: 'OUT_OF_RANGE', message }
}

function refuse(issues: readonly ValidationIssue[]): void {
  if (issues.length > 0) throw new ValidationError(issues)
}
