/** What stands in the header editor until a person puts a token there. */
export const PLACEHOLDER = 'Bearer PASTE-YOUR-TOKEN-HERE'

/** What stands in the example that stores a provider until a person puts a key there. */
export const KEY_PLACEHOLDER = 'sk-PASTE-A-KEY-HERE'

const KEY_HINT = `Put a key of the vendor in place of ${KEY_PLACEHOLDER}, and run this again.`
const HINT = 'Put your access token into the header editor at the bottom left, in place of PASTE-YOUR-TOKEN-HERE, and run this again.'

/**
 * The script that runs in the page before GraphiQL does.
 *
 * What a person types can hold a key or a token. GraphiQL would copy it into the address bar, and so into the browser's
 * history, and keep it in `localStorage` for good; here it stays in the browser tab, and goes when the tab is closed.
 *
 * A token that is pasted once serves every editor tab that still shows the placeholder, and loads the schema, whose
 * descriptions are the documentation. Without one the gateway is not asked: all it could answer is that the placeholder is
 * no token. The same holds for the placeholder of the key. A note says which token the other tabs send.
 */
export const TAB_SCRIPT = `{
  history.replaceState = () => {};
  Object.defineProperty(window, 'localStorage', { value: sessionStorage });

  // Without this GraphiQL does not find its open tab again after a reload, and adds an empty one each time.
  const { tabs = [], activeTabIndex } = JSON.parse(sessionStorage.getItem('graphiql:tabState') ?? '{}');
  for (const part of ['query', 'variables', 'headers'])
    sessionStorage.setItem('graphiql:' + part, tabs[activeTabIndex]?.[part] ?? '');

  const loadSchema = () => document.querySelector('[aria-label^="Re-fetch GraphQL schema"]')?.click();

  // What stands in the header editor of any tab, sent or not.
  const pasted = () => {
    const { tabs = [] } = JSON.parse(sessionStorage.getItem('graphiql:tabState') ?? '{}');
    const given = tabs.flatMap(({ headers }) => /"authorization"\\s*:\\s*"(Bearer [^"\\s]{20,})"/i.exec(headers ?? '')?.[1] ?? []);
    return given.find((text) => text !== ${JSON.stringify(PLACEHOLDER)}) ?? null;
  };
  const note = document.createElement('p');
  note.id = 'token-note';
  note.role = 'status';
  const showNote = () => {
    const { tabs = [] } = JSON.parse(sessionStorage.getItem('graphiql:tabState') ?? '{}');
    const known = sessionStorage.getItem('authorization') ?? pasted();
    const isUsed = known !== null && tabs.some(({ headers }) => headers?.includes(${JSON.stringify(PLACEHOLDER)}));
    note.textContent = isUsed ? 'Tabs with PASTE-YOUR-TOKEN-HERE send the token ' + known.slice('Bearer '.length, 20) + '…' : '';
  };
  document.addEventListener('DOMContentLoaded', () => {
    document.body.append(note);
    showNote();
  });

  const store = Storage.prototype.setItem;
  let tried = null;
  Storage.prototype.setItem = function (name, value) {
    store.call(this, name, value);
    showNote();
    if (name !== 'graphiql:tabState' || this.getItem('authorization') !== null) return;
    const token = pasted();
    if (token === null || token === tried) return;
    tried = token;
    loadSchema();
  };

  const send = window.fetch.bind(window);
  window.fetch = async (url, init) => {
    const headers = new Headers(init?.headers);
    const known = sessionStorage.getItem('authorization') ?? pasted();
    if (headers.get('authorization') === ${JSON.stringify(PLACEHOLDER)}) {
      if (known === null) return Response.json({ errors: [{ message: ${JSON.stringify(HINT)} }] }, { status: 401 });
      headers.set('authorization', known);
    }
    if (typeof init?.body === 'string' && init.body.includes(${JSON.stringify(KEY_PLACEHOLDER)}))
      return Response.json({ errors: [{ message: ${JSON.stringify(KEY_HINT)} }] }, { status: 400 });
    const response = await send(url, { ...init, headers });
    const given = headers.get('authorization');
    if (given !== null && given !== sessionStorage.getItem('authorization') && response.status !== 401) {
      sessionStorage.setItem('authorization', given);
      loadSchema();
    }
    return response;
  };
}`
