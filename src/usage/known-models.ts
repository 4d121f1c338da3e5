import type { TransactionClient } from '../database/client.ts'
import { Prisma } from '../generated/prisma-sqlite/client.ts'
import { type Sum, type SumKey, spansOf } from './sum-calls.ts'

/** Different models of one provider that are counted apart in an hour, and in a day. */
export const MOST_MODELS = 200
/** Under this name all others are counted together. */
export const OTHER_MODELS = '(other)'

type Span = Pick<SumKey, 'hours' | 'at' | 'providerId'>

/** Callers name models as they like: knows which ones have a sum of their own, so that sums stay few. */
export class KnownModels {
  readonly #ofSpans = new Map<string, Set<string>>()
  #latest = 0

  /** Finds out, in the transaction that adds to sums, which models the calls of these hours are counted under. */
  async prepare(transaction: TransactionClient, hourSums: readonly Sum[]): Promise<void> {
    for (const hourSum of hourSums) {
      const { model } = hourSum
      for (const span of spansOf(hourSum)) {
        const known = this.#ofSpans.get(keyOf(span))
        if (known?.has(model) || isFull(known)) continue
        // Another replica may have filled it meanwhile.
        const stored = new Set([...(known ?? []), ...(await readModels(transaction, span))])
        if (!isFull(stored)) stored.add(model)
        this.#keep(span, stored)
      }
    }
  }

  /** The name that a model is counted under in a span. */
  readonly nameIn = (span: Span, model: string): string => {
    return model === '' || this.#ofSpans.get(keyOf(span))?.has(model) ? model : OTHER_MODELS
  }

  #keep(span: Span, models: Set<string>): void {
    this.#ofSpans.set(keyOf(span), models)
    if (span.at <= this.#latest) return
    this.#latest = span.at
    for (const key of this.#ofSpans.keys()) if (Number(key.split(' ')[1]) < span.at - FORGOTTEN_AFTER) this.#ofSpans.delete(key)
  }
}

/** Hours after which hardly a call is still under way; what is forgotten is read again. */
const FORGOTTEN_AFTER = 48

function keyOf({ hours, at, providerId }: Span): string {
  return `${hours} ${at} ${providerId}`
}

function isFull(models: ReadonlySet<string> | undefined): boolean {
  return (models?.size ?? 0) >= MOST_MODELS
}

async function readModels(transaction: TransactionClient, { hours, at, providerId }: Span): Promise<string[]> {
  const rows = await transaction.$queryRaw<{ model: string }[]>(Prisma.sql`
    SELECT DISTINCT model FROM usage_sums WHERE hours = ${hours} AND at = ${at} AND provider_id = ${providerId} LIMIT ${MOST_MODELS}`)
  return rows.map(({ model }) => model)
}
