// Rotates the API key of a provider: tests the new key first, puts it in the place of the old one, and tests what is stored.
//
//   GATEWAY_URL=http://127.0.0.1:4000 GATEWAY_TOKEN=gw_... NEW_API_KEY=sk-... node examples/rotate-key.mjs openai
//
// Nothing to install. The token needs the role EDITOR. The provider must have one key.

const { GATEWAY_URL = 'http://127.0.0.1:4000', GATEWAY_TOKEN, NEW_API_KEY } = process.env
const [name] = process.argv.slice(2)
if (!name || !GATEWAY_TOKEN || !NEW_API_KEY) fail('Usage: GATEWAY_TOKEN=... NEW_API_KEY=... node examples/rotate-key.mjs <provider>')

const { provider } = await ask(
  'query ($name: String!) { provider(by: { name: $name }) { version type baseUrl apiKeys { nodes { id masked } } } }',
  { name },
)
if (!provider) fail(`There is no provider named ${name}.`)
const [key, ...others] = provider.apiKeys.nodes
if (!key || others.length > 0) fail(`The provider ${name} has ${others.length === 0 ? 'no key' : 'several keys'}; this script changes one.`)

const { type, baseUrl } = provider
await mustWork('The new key', { draft: { type, baseUrl, apiKey: NEW_API_KEY } })

const { updateProvider: changed } = await ask(
  `mutation ($input: UpdateProviderInput!) { updateProvider(input: $input) {
    ... on UpdateProviderPayload { provider { apiKeys { nodes { masked } } } } ... on UserError { message } } }`,
  // Somebody else's change in between ends this with a message, and is not undone.
  {
    input: {
      provider: { name },
      expectedVersion: provider.version,
      apiKeys: [{ keep: { id: key.id, credential: { value: NEW_API_KEY } } }],
    },
  },
)
if (!changed.provider) fail(changed.message)
await mustWork('The stored key', { saved: { provider: { name } } })
const [replaced] = changed.provider.apiKeys.nodes
process.stdout.write(`${name}: ${key.masked} is now ${replaced.masked}. Delete the old key at the vendor.\n`)

async function mustWork(what, input) {
  const { testConnection: tested } = await ask(
    `mutation ($input: TestConnectionInput!) { testConnection(input: $input) {
      ... on TestConnectionPayload { success test { message } } ... on UserError { message } } }`,
    { input },
  )
  if (!tested.success) fail(`${what} does not work: ${tested.test?.message ?? tested.message}`)
}

async function ask(query, variables) {
  const response = await fetch(`${GATEWAY_URL}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${GATEWAY_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = await response.json()
  if (errors) fail(errors.map(({ message }) => message).join('\n'))
  return data
}

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
