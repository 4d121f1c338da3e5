import type { GatewayProcess } from './gateway-process.ts'

/** Runs operations that must succeed at a gateway, and gives their data. */
export function asker({ url }: Pick<GatewayProcess, 'url'>, token: string) {
  return async <Data>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Data> => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    })
    const { data, errors } = (await response.json()) as { data?: Data; errors?: unknown }
    if (data === undefined || errors !== undefined) throw new Error(`${query}: ${JSON.stringify(errors)}`)
    return data
  }
}
