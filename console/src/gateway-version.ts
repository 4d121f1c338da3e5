/** `vite.config.ts` puts it in. */
declare const GATEWAY_VERSION: string

/** The version of the gateway that the console was built with. */
export const gatewayVersion = GATEWAY_VERSION
