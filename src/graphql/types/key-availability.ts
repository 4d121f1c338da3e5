import type { KeyAvailability as Availability } from '../../calls/key-states.ts'
import { builder } from '../builder.ts'
import { KEY_STATE_VALUES } from '../enum-values.ts'

const KeyState = builder.enumType('KeyState', {
  values: KEY_STATE_VALUES,
  description: 'Whether model calls use a key. Expect new values.',
})

export const KeyAvailability = builder.objectRef<Availability>('KeyAvailability').implement({
  description:
    'What model calls have found out about a key, at the replica that answers. Connection tests do not change it, and it does not change what they say. Requires the role `viewer`.',
  authScopes: { viewer: true },
  fields: (t) => ({
    state: t.field({ type: KeyState, resolve: ({ state }) => state, description: 'Whether calls use it now.' }),
    until: t.field({
      type: 'DateTime',
      nullable: true,
      resolve: ({ until }) => (until === null ? null : new Date(until)),
      description: 'When it is tried again (the latest of its models); `null` when it is ready or disabled.',
    }),
    reason: t.exposeString('reason', {
      nullable: true,
      description: "Why it is unavailable, without the vendor's text; `null` otherwise.",
    }),
    inFlight: t.exposeInt('inFlight', { description: 'Calls in progress with it.' }),
  }),
})
