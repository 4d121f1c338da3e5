import { flag, integer, setting, webAddress } from './config-values.ts'

const MAX_BYTES = 17_179_869_184

/** The settings of model calls. */
export const CALL_SETTINGS = {
  PUBLIC_URL: setting({
    description:
      'Address where clients reach the gateway, e.g. `https://gateway.example.com`, shown as base URL of model calls. With a path, only the APIs work.',
    default: '',
    schema: webAddress.transform((value) => value.replace(/\/+$/, '')),
  }),
  CALL_MAX_BODY_BYTES: setting({
    description: 'Largest body of a model call, in bytes. The default is 32 MiB.',
    default: '33554432',
    schema: integer(1_024, MAX_BYTES),
  }),
  CALL_BODY_MEMORY_BYTES: setting({
    description: 'Memory for the bodies of all concurrent model calls, in bytes. The default is 256 MiB.',
    default: '268435456',
    schema: integer(1_024, MAX_BYTES),
  }),
  CALLS_PER_TOKEN: setting({
    description: 'Concurrent model calls per token, on each replica; `0` for no limit.',
    default: '64',
    schema: integer(0, 1_000_000),
  }),
  CALLS_PER_PROVIDER: setting({
    description: 'Concurrent model calls per provider, on each replica; `0` for no limit.',
    default: '256',
    schema: integer(0, 1_000_000),
  }),
  TEST_NEW_PROVIDERS: setting({
    description: 'Whether to test a new provider in the background after its creation, so that `GET /v1/models` lists its models.',
    default: 'true',
    schema: flag,
  }),
  CALL_IDLE_SECONDS: setting({
    description: 'How long a vendor may be silent within its answer to a model call before the call is ended.',
    default: '300',
    schema: integer(1, 3_600),
  }),
  USAGE_DAYS: setting({
    description: 'How many days single model calls are kept. Their sums are kept for longer: of hours 31 days, of days 400.',
    default: '60',
    schema: integer(1, 3_650),
  }),
  CALL_STOP_GRACE_SECONDS: setting({
    description: 'Seconds that model calls may take to finish when the gateway stops. Other requests get 20 s.',
    default: '60',
    schema: integer(0, 3_600),
  }),
}
