import { isInGlobs } from './glob.ts'
import type { KeyStates, Readiness, RestingState } from './key-states.ts'
import type { KeyForCall } from './provider-for-call.ts'

/** The key for the next attempt, or why there is none. */
export type ChosenKey =
  | { readonly kind: 'key'; readonly key: KeyForCall }
  /** The provider has no enabled key. */
  | { readonly kind: 'no key' }
  /** It has some, and none of them may be used for the model. */
  | { readonly kind: 'no key for the model' }
  /** All that could be used rest, or were tried. */
  | { readonly kind: 'resting'; readonly states: readonly RestingState[]; readonly waitMs: number }

export interface ChoiceOptions {
  readonly keys: readonly KeyForCall[]
  /** Null when the call names none, or none that can be read. */
  readonly model: string | null
  readonly states: KeyStates
  /** Keys that this call has tried. */
  readonly tried: ReadonlySet<string>
  /** From 0 to 1. */
  readonly random: () => number
}

/** Chooses among the keys that can take the call: by weight, and by chance. A key of weight 0 serves when no other can. */
export function chooseKey({ keys, model, states, tried, random }: ChoiceOptions): ChosenKey {
  const enabled = keys.filter((key) => key.enabled)
  if (enabled.length === 0) return { kind: 'no key' }
  const fitting = enabled.filter((key) => servesModel(key, model))
  if (fitting.length === 0) return { kind: 'no key for the model' }
  const judged = fitting.map((key) => ({ key, readiness: states.readiness(key, model) }))
  const free = judged.filter(({ key, readiness }) => readiness.kind !== 'resting' && !tried.has(key.id)).map(({ key }) => key)
  const key = chooseByWeight(free, random)
  return key === null ? { kind: 'resting', ...summary(judged.map(({ readiness }) => readiness)) } : { kind: 'key', key }
}

/** Whether a key may be used for a model; null is any. */
export function servesModel({ models, exceptModels }: Pick<KeyForCall, 'models' | 'exceptModels'>, model: string | null): boolean {
  return model === null || (isInGlobs(models, model) && !(exceptModels !== null && isInGlobs(exceptModels, model)))
}

/** One of them by weight, and by chance; those of weight 0 when there is no other. Null when there is none. */
export function chooseByWeight<Weighted extends { readonly weight: number }>(
  keys: readonly Weighted[],
  random: () => number,
): Weighted | null {
  const total = keys.reduce((sum, { weight }) => sum + weight, 0)
  if (total <= 0) return keys[Math.floor(random() * keys.length)] ?? null
  let rest = random() * total
  for (const key of keys) {
    rest -= key.weight
    if (rest < 0) return key
  }
  return keys.findLast(({ weight }) => weight > 0) ?? null
}

function summary(readiness: readonly Readiness[]): { states: RestingState[]; waitMs: number } {
  const resting = readiness.flatMap((one) => (one.kind === 'resting' ? [one] : []))
  return { states: resting.map(({ state }) => state), waitMs: Math.min(...resting.map(({ waitMs }) => waitMs)) }
}
