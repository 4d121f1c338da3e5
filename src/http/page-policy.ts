/** What a page may use besides the least: for each kind of resource, where it comes from. */
export type PageSources = Readonly<Partial<Record<'script-src' | 'style-src' | 'font-src' | 'worker-src', string>>>

/** The content security policy of our pages: they speak to their own server, are framed by nobody, and send no form anywhere. */
export function pagePolicy(sources: PageSources): string {
  const allowed = { ...sources, 'img-src': "'self' data:", 'connect-src': "'self'" }
  const denied = ['base-uri', 'form-action', 'frame-ancestors'].map((name) => `${name} 'none'`)
  return ["default-src 'none'", ...Object.entries(allowed).map(([name, from]) => `${name} ${from}`), ...denied].join('; ')
}

export function pageHeaders(policy: string): Readonly<Record<string, string>> {
  return { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }
}
