/** The header in which Coder's tools send the token (Coder contract, section 7). */
export const TOKEN_HEADER = 'coder-session-token'

/** The paths under which Coder's tools know model calls. */
export const CALL_PREFIXES = ['/api/v2/ai-gateway', '/api/v2/aibridge'] as const
