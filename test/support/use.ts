import { startTestGateway, type TestGateway, type TestGatewayOptions } from './gateway.ts'
import { useStarted } from './use-started.ts'

/** A gateway for the tests of a file, or of a `describe`. A function gives options that need what was started before. */
export function useGateway(options: TestGatewayOptions | (() => TestGatewayOptions | Promise<TestGatewayOptions>) = {}): TestGateway {
  return useStarted(async () => startTestGateway(typeof options === 'function' ? await options() : options))
}
