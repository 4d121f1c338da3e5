import type { TypedDocumentString } from './gql/graphql'

const { GATEWAY_URL = 'http://127.0.0.1:4000', GATEWAY_TOKEN = '' } = process.env

/** Sends an operation. Its variables are checked and its answer is typed, both from the text of the operation. */
export async function ask<Data, Variables>(document: TypedDocumentString<Data, Variables>, variables: Variables): Promise<Data> {
  const response = await fetch(`${GATEWAY_URL}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${GATEWAY_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: document.toString(), variables }),
  })
  const { data, errors }: { data?: Data; errors?: { message: string }[] } = await response.json()
  if (data === undefined || errors !== undefined) throw new Error(errors?.map(({ message }) => message).join('\n') ?? 'No answer.')
  return data
}
