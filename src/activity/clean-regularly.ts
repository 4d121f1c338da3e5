/**
 * Cleans up, now and after each interval, one time after the other. What fails is told, and tried again at the next interval.
 * @param intervalMs milliseconds. @param clean ends early when the signal says so.
 */
export function cleanRegularly(
  intervalMs: number,
  clean: (signal: AbortSignal) => Promise<void>,
  onError: (error: unknown) => void,
): { close(): Promise<void> } {
  const stopping = new AbortController()
  const run = () => clean(stopping.signal).catch(onError)
  let running = run()
  const timer = setInterval(() => {
    running = running.then(run)
  }, intervalMs)
  timer.unref()
  return {
    close: async () => {
      clearInterval(timer)
      stopping.abort()
      await running
    },
  }
}
