#!/bin/sh
# The same provider in each of the REST dialects: made by Bifrost's, changed by the others, seen by all.
#
#   GATEWAY_URL=http://127.0.0.1:4000 GATEWAY_TOKEN=gw_... sh examples/dialects.sh
set -eu
: "${GATEWAY_URL:=http://127.0.0.1:4000}"
call() {
  curl --silent --show-error --fail-with-body -H "Authorization: Bearer $GATEWAY_TOKEN" -H 'Content-Type: application/json' "$@"
  echo
}

# Bifrost: the provider, then its key. A client is given $GATEWAY_URL/bifrost as the base URL.
call "$GATEWAY_URL/bifrost/api/providers" -d '{"provider": "acme", "network_config": {"base_url": "https://api.example.com"},
  "custom_provider_config": {"base_provider_type": "openai", "allowed_requests": {"chat_completion": true}}}'
call "$GATEWAY_URL/bifrost/api/providers/acme/keys" -d '{"name": "main", "value": "sk-example-of-bifrost-0001", "models": ["*"], "weight": 1}'

# Coder: read it, and state a new set of keys. A client is given $GATEWAY_URL itself.
call "$GATEWAY_URL/api/v2/ai/providers/acme"
call -X PATCH "$GATEWAY_URL/api/v2/ai/providers/acme" -d '{"api_keys": [{"api_key": "sk-example-of-coder-00002"}]}'

# Respan: change what it is called. A client is given $GATEWAY_URL/respan.
call -X PATCH "$GATEWAY_URL/respan/api/providers/acme/" -d '{"provider_name": "Acme AI"}'

# ZIRI: list it, then delete it for all. A client is given $GATEWAY_URL/ziri.
call "$GATEWAY_URL/ziri/api/providers?search=acme"
call -X DELETE "$GATEWAY_URL/ziri/api/providers/acme"
