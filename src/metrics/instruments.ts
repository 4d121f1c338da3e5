import { Counter, Histogram, type Registry } from 'prom-client'

/** Makes what one registry counts and measures. */
export function instrumentsOf(registry: Registry) {
  const registers = [registry]
  return {
    counter: <Label extends string>(name: string, help: string, ...labelNames: readonly Label[]) =>
      new Counter<Label>({ name, help, labelNames, registers }),
    histogram: <Label extends string>(name: string, help: string, buckets: number[], ...labelNames: readonly Label[]) =>
      new Histogram<Label>({ name, help, buckets, labelNames, registers }),
  }
}
