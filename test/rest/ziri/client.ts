import { ziriDialect } from '../../../src/rest/ziri/routes.ts'
import type { ErrorBody, ProviderFields } from '../../../src/rest/ziri/wire.ts'
import { type DialectClient, dialectClient } from '../../support/dialect-client.ts'
import type { TestGateway } from '../../support/gateway.ts'

/** Every field that an answer of ZIRI's API can have. */
interface ZiriBody extends ErrorBody {
  readonly provider: ProviderFields
  readonly providers: readonly ProviderFields[]
  readonly total: number
}

export type ZiriClient = DialectClient<ZiriBody>

export function ziriClient(gateway: TestGateway): ZiriClient {
  return dialectClient<ZiriBody>(gateway, { prefix: '/ziri', openApi: ziriDialect.openApi })
}

/** What tells one refusal from another. */
export async function errorOf(answer: Promise<{ readonly status: number; readonly body: ErrorBody }>): Promise<[number, string, string]> {
  const { status, body } = await answer
  return [status, body.code, body.error]
}

/** A refusal as it is: ZIRI's own UI reads its text from `message`. */
export function refusal(error: string, code: ErrorBody['code']): ErrorBody {
  return { error, message: error, code }
}
