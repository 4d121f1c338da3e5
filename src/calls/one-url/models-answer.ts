import { withEntityTag } from '../../http/entity-tag.ts'
import { type Answer, json } from '../../http/respond.ts'
import type { ListedModel } from './model-catalog.ts'

/** Whose clients read the list. */
export type ListFormat = 'openai' | 'anthropic'

export function modelsAnswer(models: readonly ListedModel[], format: ListFormat): Answer {
  const data = models.map((model) => entryOf(model, format))
  const [first, last] = [models.at(0)?.id ?? null, models.at(-1)?.id ?? null]
  const list = format === 'openai' ? { object: 'list', data } : { data, has_more: false, first_id: first, last_id: last }
  return withEntityTag(json(200, list))
}

export function modelAnswer(model: ListedModel, format: ListFormat): Answer {
  return withEntityTag(json(200, entryOf(model, format)))
}

function entryOf({ id, createdAt, ownedBy }: ListedModel, format: ListFormat) {
  return format === 'openai'
    ? { id, object: 'model', created: Math.floor(createdAt.getTime() / 1_000), owned_by: ownedBy }
    : { type: 'model', id, display_name: id, created_at: createdAt.toISOString() }
}
