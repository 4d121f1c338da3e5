import type { RestDescription } from '../rest/mounts.ts'

/** Where the files are that the page loads. */
export interface PageFiles {
  readonly swaggerUi: string
  readonly swaggerStyles: string
  readonly script: string
  readonly styles: string
}

/** The page: a choice of dialects, a field for the token, and the place for the chosen one's description. */
export function renderPage(descriptions: readonly RestDescription[], files: PageFiles): string {
  const links = descriptions.map(({ name, title }) => `<a href="#${name}" data-document="/docs/rest/${name}.json">${title}</a>`)
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>AI provider gateway · REST reference</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="${files.swaggerStyles}">
    <link rel="stylesheet" href="${files.styles}">
    <script src="${files.swaggerUi}" defer></script>
    <script src="${files.script}" defer></script>
  </head>
  <body>
    <header>
      <strong>REST reference</strong>
      <nav aria-label="Dialects">${links.join('\n        ')}</nav>
      <label>Access token <input id="token" type="password" autocomplete="off" spellcheck="false" placeholder="gw_…"></label>
      <p>The token goes with each request that you send from here. It stays in this page, and is gone when you leave it.</p>
    </header>
    <div id="reference"></div>
    <noscript>This page needs JavaScript. The descriptions themselves: ${links.join(', ').replaceAll(/href="[^"]*" data-document=/g, 'href=')}.</noscript>
  </body>
</html>
`
}

/**
 * The script of the page. The token stays in its field: Swagger UI is shown the name of a variable in its place, so that
 * the command in curl that it shows can be kept. The token goes to this server and nowhere else.
 */
export const PAGE_SCRIPT = `{
  const links = [...document.querySelectorAll('nav a')];
  const field = document.getElementById('token');

  const send = (url, init) => {
    const headers = new Headers(init?.headers);
    const token = field.value.trim();
    if (token !== '') headers.set('authorization', 'Bearer ' + token);
    return fetch(url, { ...init, headers, credentials: 'omit' });
  };

  const signRequest = (request) => {
    if (request.loadSpec || new URL(request.url, location.href).origin !== location.origin) return request;
    request.curlOptions = ['-H "Authorization: Bearer $GATEWAY_TOKEN"'];
    request.userFetch = send;
    return request;
  };

  // The page has one field for the token, which serves all dialects.
  const nothing = () => () => null;
  const withoutAuthorizeButtons = () => ({ wrapComponents: { authorizeBtn: nothing, authorizeOperationBtn: nothing } });

  // Swagger UI leaves these without a name for who cannot see them, and out of reach for who has no mouse.
  const all = (selector) => document.querySelectorAll('#reference ' + selector);
  const complete = () => {
    for (const element of all('textarea.body-param__text')) element.ariaLabel = 'Request body';
    for (const element of all('select#servers')) element.ariaLabel = 'Server';
    for (const element of all('[data-param-name] select')) element.ariaLabel = element.closest('[data-param-name]').dataset.paramName;
    for (const element of all('pre.microlight')) element.tabIndex = 0;
  };
  new MutationObserver(complete).observe(document.getElementById('reference'), { childList: true, subtree: true });

  const show = () => {
    const chosen = links.find(({ hash }) => hash === location.hash) ?? links[0];
    for (const link of links) link.ariaCurrent = link === chosen ? 'page' : null;
    const place = document.createElement('div');
    document.getElementById('reference').replaceChildren(place);
    SwaggerUIBundle({
      url: chosen.dataset.document,
      domNode: place,
      deepLinking: false,
      validatorUrl: null,
      persistAuthorization: false,
      tryItOutEnabled: true,
      displayRequestDuration: true,
      defaultModelsExpandDepth: 0,
      requestInterceptor: signRequest,
      plugins: [withoutAuthorizeButtons],
    });
  };

  const dark = matchMedia('(prefers-color-scheme: dark)');
  const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
  dark.addEventListener('change', follow);
  follow();

  addEventListener('hashchange', show);
  show();
}
`

/** Beside our own header: less empty space, and contrast that Swagger UI lacks. */
export const PAGE_STYLES = `:root { color-scheme: light dark; }
body { margin: 0; font-family: sans-serif; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem 1.5rem; padding: .75rem 1.25rem; border-bottom: 1px solid #8886; }
header strong { font-size: 1.25rem; }
header nav { display: flex; gap: .25rem; }
header nav a { padding: .4rem .75rem; border-radius: .25rem; color: inherit; }
header nav a[aria-current] { background: #1b3a57; color: #fff; text-decoration: none; }
header input { width: 16rem; padding: .4rem; font: inherit; }
header p { flex-basis: 100%; margin: 0; font-size: .875rem; }
.swagger-ui .info { margin: 1.5rem 0; }
.swagger-ui .scheme-container { margin: 0; padding: .5rem 0; box-shadow: none; }
.swagger-ui .scheme-container:not(:has(select)) { display: none; }
.swagger-ui .opblock .opblock-summary-method { color: #000; text-shadow: none; }
.swagger-ui .btn.execute { background: #1f66b8; border-color: #1f66b8; }
.swagger-ui .download-contents { background: #555b6b; }
.swagger-ui .microlight span[style*="211, 99, 99"] { color: #ffa0a0 !important; }
html:not(.dark-mode) .swagger-ui .info .title small pre { color: #000; }
html:not(.dark-mode) .swagger-ui .info .url { color: #1b5fa8; }
html:not(.dark-mode) .swagger-ui .btn.cancel { color: #b3261e; border-color: #b3261e; }
html:not(.dark-mode) .swagger-ui .parameter__in { color: #555; }
html:not(.dark-mode) .swagger-ui .renderedMarkdown code { color: #6a0dad !important; }
.dark-mode .swagger-ui .btn.cancel { color: #fff !important; border-color: #fff; }
.dark-mode .swagger-ui .opblock h4 { color: #fff !important; }
.dark-mode .swagger-ui .header-col { color: inherit; }
`
