/** The style sheet of the documentation. */
export const DOCUMENTATION_STYLES = `:root {
  color-scheme: light dark;
  --text: light-dark(#1c2430, #dfe4ec);
  --quiet: light-dark(#566172, #a3adbd);
  --back: light-dark(#fff, #14181f);
  --raised: light-dark(#f3f5f8, #1e242e);
  --line: light-dark(#d9dee6, #343c4a);
  --link: light-dark(#0b57a4, #83b9f5);
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  max-width: 78rem; margin: 0 auto; padding: 0 1.25rem 3rem;
  font: 1rem/1.6 system-ui, sans-serif; color: var(--text); background: var(--back);
}
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: .75rem 0; border-bottom: 1px solid var(--line); }
header a { padding: .25rem 0; }
header a:first-child { margin-right: auto; font-weight: 600; color: inherit; text-decoration: none; }
main { min-width: 0; overflow-wrap: break-word; }
h1, h2, h3, h4 { line-height: 1.3; margin: 2rem 0 .75rem; }
h1 { margin-top: 1.5rem; font-size: 1.875rem; }
h2 { font-size: 1.375rem; }
h3 { font-size: 1.125rem; }
img { max-width: 100%; height: auto; border: 1px solid var(--line); border-radius: .25rem; }
code { font: .875em/1.5 ui-monospace, monospace; padding: .1em .3em; border-radius: .25rem; background: var(--raised); }
pre { padding: .75rem 1rem; overflow-x: auto; border: 1px solid var(--line); border-radius: .375rem; background: var(--raised); }
pre code { padding: 0; background: none; }
.table { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; }
th, td { padding: .4rem .75rem; border: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: normal; }
th { background: var(--raised); }
td > img { max-width: none; }
nav { margin-top: 3rem; padding-top: .5rem; border-top: 1px solid var(--line); }
nav p { margin: 1rem 0 .25rem; font-size: .875rem; font-weight: 600; color: var(--quiet); }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li a { display: block; padding: .2rem .6rem; border-radius: .25rem; color: inherit; text-decoration: none; }
nav li a:hover { background: var(--raised); }
nav li a[aria-current] { background: var(--raised); font-weight: 600; box-shadow: inset 3px 0 var(--link); }
@media (min-width: 60rem) {
  body { display: grid; grid-template: auto 1fr / 16rem minmax(0, 1fr); column-gap: 2.5rem; }
  header { grid-column: 1 / -1; }
  header a[href="#all-pages"]:not(:focus) { position: absolute; clip-path: inset(50%); }
  main { grid-area: 2 / 2; max-width: 52rem; }
  nav { grid-area: 2 / 1; position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; margin: 0; border: 0; font-size: .9375rem; }
}
@media print { header, nav { display: none; } }
`
