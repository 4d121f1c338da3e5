import type { Picture } from './pages.ts'

/** The page `docs/console/README.md`: every picture, four to a row. */
export function gallery(pictures: readonly Picture[]): string {
  const sections = pictures.map(({ name, caption }) => {
    const cell = (variant: string, width: number) => `<img src="${name}-${variant}.png" width="${width}" alt="${caption}">`
    return `## ${caption}

| light | dark | 360 px, light | 360 px, dark |
| ----- | ---- | ------------- | ------------ |
| ${[cell('light', 360), cell('dark', 360), cell('narrow-light', 110), cell('narrow-dark', 110)].join(' | ')} |
`
  })
  return `# Screenshots of the console

Made by \`npm run pictures\` from the built console, in Chromium, with mock vendors.
[What the console does](../console.md).

${sections.join('\n')}`
}
