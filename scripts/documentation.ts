/** The documentation as the gateway serves it at `/docs`: pages made from the Markdown files of the repository. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import GithubSlugger from 'github-slugger'
import { Marked, Renderer } from 'marked'
import { DOCUMENTATION_STYLES } from './documentation-styles.ts'

/** The files that the documentation is made from: its Markdown, and what stands beside that. */
export const DOCUMENTATION_SOURCES = ['README.md', 'CHANGELOG.md', 'docs']

const INDEX = 'docs/README.md'

/** The groups of the navigation, each with the folders of its pages. */
const GROUPS: ReadonlyArray<readonly [label: string, holds: (file: string) => boolean]> = [
  ['Overview', (file) => dirname(file) === '.' || file === INDEX],
  ['Guides', (file) => ['docs', 'docs/console'].includes(dirname(file)) && file !== INDEX],
  ['Reference', (file) => dirname(file) === 'docs/reference'],
  ['Decisions', (file) => dirname(file) === 'docs/decisions'],
]

interface Page {
  readonly file: string
  readonly title: string
}

/** Everything that is served, by its name below `/docs/`; a page ends in `.html`, and the index is `index.html`. */
export function documentationFiles(): Map<string, string | Buffer> {
  const files = new Map<string, string | Buffer>()
  const pages = listPages()
  const styles = `assets/${createHash('sha256').update(DOCUMENTATION_STYLES).digest('hex').slice(0, 12)}-documentation.css`
  files.set(styles, DOCUMENTATION_STYLES)
  for (const page of pages) {
    const content = renderContent(page.file, pages, (asset) => files.set(nameOf(asset), readFileSync(asset)))
    files.set(`${nameOf(page.file) || 'index'}.html`, frame(page, content, pages, `/docs/${styles}`))
  }
  return files
}

/** The Markdown files: those that the index names in its order, then the rest. */
function listPages(): Page[] {
  const index = readFileSync(INDEX, 'utf8')
  const place = (name: string) => index.indexOf(`(${name})`) >>> 0
  const names = readdirSync('docs', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md') && name !== 'README.md')
  const ordered = names.sort().sort((one, other) => place(one) - place(other))
  return [INDEX, 'README.md', 'CHANGELOG.md', ...ordered.map((name) => `docs/${name}`)].map((file) => {
    const [, title = file] = /^# (.*)$/m.exec(readFileSync(file, 'utf8')) ?? []
    return { file, title: title.replaceAll('`', '') }
  })
}

/** What a file is called below `/docs/`; the index has no name. */
function nameOf(file: string): string {
  if (file === INDEX) return ''
  const name = file.replace(/^docs\//, '')
  return name.endsWith('.md') ? name.slice(0, -'.md'.length).toLowerCase() : name
}

function addressOf(file: string): string {
  return file === INDEX ? '/docs' : `/docs/${nameOf(file)}`
}

/**
 * The HTML of a Markdown file, without the frame.
 * @param onAsset learns of each picture or other file of `docs` that the page shows or links.
 */
function renderContent(file: string, pages: readonly Page[], onAsset: (asset: string) => void): string {
  const slugger = new GithubSlugger()
  const pageAt = (href: string) => pages.find((page) => page.file === targetOf(href, file).path)

  /** Where a link of this file leads on the gateway; null when that is not served. */
  const resolve = (href: string): string | null => {
    if (/^https?:/.test(href)) return href
    const { path, hash } = targetOf(href, file)
    if (pageAt(href) !== undefined) return addressOf(path) + hash
    if (!path.startsWith('docs/') || !statSync(path).isFile()) return null
    onAsset(path)
    return addressOf(path)
  }
  const picture = (href: string) => {
    const address = resolve(href)
    if (!address?.startsWith('/docs/')) throw new Error(`${file} shows ${href}, which is not in docs/.`)
    return address
  }

  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }) {
        const id = slugger.slug(this.parser.parseInline(tokens, this.parser.textRenderer))
        return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`
      },
      link({ href, text, tokens }) {
        const address = resolve(href)
        // On GitHub the name of a file says where the link leads; here the title of the page does.
        const title = text.endsWith('.md') ? pageAt(href)?.title : undefined
        const label = title === undefined ? this.parser.parseInline(tokens) : escapeText(title)
        return address === null ? label : `<a href="${escapeText(address)}">${label}</a>`
      },
      image({ href, text }) {
        return `<img src="${picture(href)}" alt="${escapeText(text)}" loading="lazy">`
      },
      html({ text }) {
        return text.replaceAll(/<img src="([^"]+)"/g, (_, href: string) => `<img src="${picture(href)}" loading="lazy"`)
      },
      // What may be wider than the screen scrolls by itself, also by keyboard.
      code: ({ text }) => `<pre tabindex="0"><code>${escapeText(text)}\n</code></pre>\n`,
      table(token) {
        return `<div class="table" role="group" aria-label="Table" tabindex="0">${Renderer.prototype.table.call(this, token)}</div>\n`
      },
    },
  })
  return marked.parse(readFileSync(file, 'utf8'), { async: false })
}

/** The file of the repository to which a link of another one leads. */
function targetOf(href: string, from: string): { readonly path: string; readonly hash: string } {
  const { pathname, hash } = new URL(href, `file:///${from}`)
  return { path: pathname.slice(1), hash }
}

function frame(page: Page, content: string, pages: readonly Page[], styles: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escapeText(page.title)} · AI provider gateway</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="${styles}">
  </head>
  <body>
    <header>
      <a href="/docs">Documentation</a>
      <a href="#all-pages">All pages</a>
      <a href="/console">Console</a>
    </header>
    <main>
${content}    </main>
    <nav id="all-pages" aria-label="Documentation">
${GROUPS.map(([label, holds]) =>
  navigationGroup(
    label,
    pages.filter(({ file }) => holds(file)),
    page,
  ),
).join('')}    </nav>
  </body>
</html>
`
}

function navigationGroup(label: string, pages: readonly Page[], current: Page): string {
  const links = pages.map((page) => {
    const mark = page === current ? ' aria-current="page"' : ''
    return `        <li><a href="${addressOf(page.file)}"${mark}>${escapeText(page.title)}</a></li>\n`
  })
  return `      <p>${label}</p>\n      <ul aria-label="${label}">\n${links.join('')}      </ul>\n`
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
