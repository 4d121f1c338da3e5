/** The metrics as Prometheus reads them. */
export async function readMetrics(url: string): Promise<string> {
  const response = await fetch(url)
  if (response.status !== 200) throw new Error(`Answer ${response.status} to a reading of the metrics.`)
  return response.text()
}

/** The value of the sample with this name and these labels, whatever others it has; undefined when there is none. */
export function sampleOf(text: string, name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
  const line = text
    .split('\n')
    .find(
      (one) =>
        (one.startsWith(`${name}{`) || one.startsWith(`${name} `)) &&
        Object.entries(labels).every(([label, value]) => one.includes(`${label}="${value}"`)),
    )
  return line === undefined ? undefined : Number(line.split(' ').at(-1))
}
