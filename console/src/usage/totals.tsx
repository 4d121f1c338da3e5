import { formatCount, formatShare } from '../parts/format.ts'
import type { UsageStep } from './use-usage.ts'

/** What the whole range adds up to. */
export function Totals({ sums }: { readonly sums: readonly UsageStep[] }) {
  const total = (value: (sum: UsageStep) => number) => sums.reduce((whole, sum) => whole + value(sum), 0)
  const calls = total((sum) => sum.calls)
  const failed = total((sum) => sum.failed)
  const missing = total((sum) => sum.missingUsage)
  const input = total(({ usage }) => usage.inputTokens)
  const cached = total(({ usage }) => usage.cachedInputTokens)
  return (
    <dl className="totals">
      <Total name="Calls" value={calls} note={missing === 0 ? '' : `${formatCount(missing)} without token figures`} />
      <Total name="Failed" value={failed} note={failed === 0 ? '' : formatShare(failed, calls)} />
      <Total name="Input tokens" value={input} note={input === 0 ? '' : `${formatShare(cached, input)} from a cache`} />
      <Total name="Output tokens" value={total(({ usage }) => usage.outputTokens)} note="" />
    </dl>
  )
}

function Total({ name, value, note }: { readonly name: string; readonly value: number; readonly note: string }) {
  return (
    <div className="total">
      <dt>{name}</dt>
      <dd>
        <strong>{formatCount(value)}</strong>
        {note !== '' && <span className="dimmed">{note}</span>}
      </dd>
    </div>
  )
}
