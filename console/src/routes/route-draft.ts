import type { Issue } from '../form/issues.ts'
import { merge } from '../form/provider-draft.ts'
import type { RouteFieldsFragment, RouteTargetInput, UpdateModelRouteInput } from '../generated/documents.ts'
import { isWeight, WEIGHT_ISSUE } from '../provider/weight-field.tsx'

/** A provider that a target names. */
export interface TargetProvider {
  readonly id: string
  readonly name: string
  readonly displayName: string
}

/** A target while somebody edits it. */
export interface TargetDraft {
  /** Tells it from the others of the form, wherever it is moved. */
  readonly key: string
  /** Null until one is chosen, and when the stored one was deleted. */
  readonly provider: TargetProvider | null
  /** The name of a provider that was deleted. */
  readonly deletedProvider: string | null
  readonly model: string
  readonly weight: string
  readonly priority: string
}

/** A route while somebody edits it. */
export interface RouteDraft {
  readonly name: string
  readonly description: string
  readonly enabled: boolean
  readonly retryAfterTimeout: boolean
  readonly targets: readonly TargetDraft[]
}

let newTargets = 0

export function newTarget(): TargetDraft {
  newTargets += 1
  return { key: `new ${newTargets}`, provider: null, deletedProvider: null, model: '', weight: '1', priority: '0' }
}

export function newRoute(): RouteDraft {
  return { name: '', description: '', enabled: true, retryAfterTimeout: false, targets: [newTarget()] }
}

export function draftOf({ name, description, enabled, retryAfterTimeout, targets }: RouteFieldsFragment): RouteDraft {
  return {
    ...{ name, description, enabled, retryAfterTimeout },
    targets: targets.map(({ provider, providerName, model, weight, priority }) => ({
      key: `${providerName}/${model}`,
      provider,
      deletedProvider: provider === null ? providerName : null,
      model,
      weight: String(weight),
      priority: String(priority),
    })),
  }
}

/** What no gateway needs to be asked about: a provider that is missing, and figures that are none. */
export function draftIssues({ targets }: RouteDraft): Issue[] {
  return targets.flatMap(({ provider, deletedProvider, weight, priority }, index) => {
    const issue = (field: string, message: string): Issue => ({ path: ['targets', String(index), field], message })
    const missing =
      deletedProvider === null ? 'Choose a provider.' : `${deletedProvider} was deleted. Choose another provider, or remove the target.`
    return [
      ...(provider === null ? [issue('provider', missing)] : []),
      ...(isWeight(weight) && Number.isFinite(Number(weight)) ? [] : [issue('weight', WEIGHT_ISSUE)]),
      ...(/^\d{1,3}$/.test(priority.trim()) ? [] : [issue('priority', 'The priority must be a whole number from 0 to 100.')]),
    ]
  })
}

/** The targets in the words of the API. A provider that is not chosen is left out: `draftIssues` tells of it. */
export function toTargets({ targets }: RouteDraft): RouteTargetInput[] {
  return targets.flatMap(({ provider, model, weight, priority }) =>
    provider === null ? [] : [{ provider: { id: provider.id }, model: model.trim(), weight: Number(weight), priority: Number(priority) }],
  )
}

/** The fields that differ from what is stored. Targets that nobody touched stay, also those whose provider was deleted. */
export function toChanges(draft: RouteDraft, stored: RouteFieldsFragment): Omit<UpdateModelRouteInput, 'route'> {
  const { description, enabled, retryAfterTimeout } = draft
  return {
    ...(description === stored.description ? {} : { description }),
    ...(enabled === stored.enabled ? {} : { enabled }),
    ...(retryAfterTimeout === stored.retryAfterTimeout ? {} : { retryAfterTimeout }),
    ...(haveSameTargets(draft, draftOf(stored)) ? {} : { targets: toTargets(draft) }),
  }
}

function haveSameTargets(one: RouteDraft, other: RouteDraft): boolean {
  return targetWords(one) === targetWords(other)
}

/** What somebody wants, over what is stored by now. */
export function rebase(stored: RouteFieldsFragment, mine: RouteDraft, theirs: RouteFieldsFragment): RouteDraft {
  return merge(draftOf(stored), mine, draftOf(theirs))
}

/** Every field of the form in words. */
export function routeWords(draft: RouteDraft): Readonly<Record<string, string>> {
  return {
    Description: draft.description || 'None',
    State: draft.enabled ? 'Enabled' : 'Disabled',
    'After a timeout': draft.retryAfterTimeout ? 'The next target is tried' : 'The call fails',
    Targets: targetWords(draft),
  }
}

function targetWords({ targets }: RouteDraft): string {
  const words = targets.map(
    ({ provider, deletedProvider, model, weight, priority }) =>
      `${provider?.name ?? deletedProvider ?? '?'}/${model} (priority ${priority}, weight ${weight})`,
  )
  return words.join(', ') || 'None'
}
