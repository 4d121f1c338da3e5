/** The providers that are raced for, as they are made. */
import { type Family, FIRST_ROUTE, pathOf, secretOf, type Victim } from './change-parts.ts'
import { accessKeyOf, accessKeyParts, pairInSettings, pairOf, REGION } from './changes-of-vendors.ts'
import { type Own, type Route, type State, stateOf } from './destination-states.ts'

type Made = Pick<Victim, 'number' | 'relay' | 'team'>

/** What a family is made with besides its name and base URL, and what of a route differs from OpenAI's. */
interface FamilyRules {
  readonly input: (made: Made) => object
  readonly route: Partial<Route>
  readonly keyOf: (made: Made) => string
  readonly own: Own
  /** What a caller asks for below the provider's name. */
  readonly callRoute: string
}

const keyOf = (made: Made) => secretOf('key', made, 'first')
const apiKeys = (made: Made) => [{ credential: { value: keyOf(made) } }]
const OF_BEDROCK = { modelsPath: '/foundation-models', callPath: '/model/model-one/converse' }
const callRoute = OF_BEDROCK.callPath
const accessKey = (made: Made) => accessKeyOf(made, 'first')

export const FAMILIES: Readonly<Record<Family, FamilyRules>> = {
  OpenAI: {
    input: (made) => ({ type: 'OPENAI', apiKeys: apiKeys(made) }),
    ...{ route: {}, keyOf, own: {}, callRoute: '/v1/chat/completions' },
  },
  Azure: {
    input: (made) => ({ type: 'AZURE', apiKeys: apiKeys(made) }),
    ...{ route: { authentication: 'api-key' }, keyOf, own: {}, callRoute: '/openai/v1/chat/completions' },
  },
  'Bedrock by keys': {
    input: (made) => ({ type: 'BEDROCK', apiKeys: [{ credentialParts: accessKeyParts(pairOf(made, 'first'), { value: REGION }) }] }),
    ...{ route: OF_BEDROCK, keyOf: accessKey, own: { region: REGION }, callRoute },
  },
  'Bedrock by settings': {
    input: (made) => ({ type: 'BEDROCK', settings: { bedrock: { region: REGION, ...pairInSettings(pairOf(made, 'first')) } } }),
    ...{ route: { ...OF_BEDROCK, region: REGION }, keyOf: accessKey, own: {}, callRoute },
  },
}

/** A new provider at the old destination, and what may be sent for it. */
export function firstOf(family: Family, made: Made): { readonly input: object; readonly state: State } {
  const { input, route, keyOf: firstKey, own } = FAMILIES[family]
  const first: Route = { ...FIRST_ROUTE, ...route, origin: 'old', path: pathOf(made.number), team: made.team }
  return { input: input(made), state: stateOf(first, firstKey(made), made.relay === '' ? null : made.relay, own) }
}
