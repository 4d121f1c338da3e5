/** Where clients reach the gateway: it has put that into the page; where this page is when nobody told it (`PUBLIC_URL`). */
export const gatewayAddress = document.querySelector<HTMLMetaElement>('meta[name="gateway-address"]')?.content || location.origin
