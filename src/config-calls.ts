import { flag, integer, setting, webAddress } from './config-values.ts'

const MAX_BYTES = 17_179_869_184

/** The settings of model calls. */
export const CALL_SETTINGS = {
  PUBLIC_URL: setting({
    description:
      'Where clients reach the gateway, e.g. `https://gateway.example.com`: shown to people as the base URL of model calls. Unset, paths are shown.',
    default: '',
    schema: webAddress.transform((value) => value.replace(/\/+$/, '')),
  }),
  CALL_MAX_BODY_BYTES: setting({
    description: 'The largest body of a model call, in bytes. The default is 32 MiB.',
    default: '33554432',
    schema: integer(1_024, MAX_BYTES),
  }),
  CALL_BODY_MEMORY_BYTES: setting({
    description: 'What the bodies of all model calls under way may take in memory, in bytes. The default is 256 MiB.',
    default: '268435456',
    schema: integer(1_024, MAX_BYTES),
  }),
  CALLS_PER_TOKEN: setting({
    description: 'Model calls that one token may have under way, at each replica; `0` for any number.',
    default: '64',
    schema: integer(0, 1_000_000),
  }),
  CALLS_PER_PROVIDER: setting({
    description: 'Model calls that may be under way to one provider, from each replica; `0` for any number.',
    default: '256',
    schema: integer(0, 1_000_000),
  }),
  TEST_NEW_PROVIDERS: setting({
    description: 'Whether a new provider is tested once behind the answer to its creation, so that `GET /v1/models` has its models.',
    default: 'true',
    schema: flag,
  }),
  CALL_IDLE_SECONDS: setting({
    description: 'How long a vendor may be silent within its answer to a model call before the call is ended.',
    default: '300',
    schema: integer(1, 3_600),
  }),
  CALL_STOP_GRACE_SECONDS: setting({
    description: 'How long model calls under way may take to end when the gateway stops. Other requests get 20 s.',
    default: '60',
    schema: integer(0, 3_600),
  }),
}
