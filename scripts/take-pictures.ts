import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { CHROMIUM, QUIET } from '../test/support/console.ts'
import { gallery } from './pictures/gallery.ts'
import { PICTURES, type Picture, signIn } from './pictures/pages.ts'
import { type Scene, startScene } from './pictures/scene.ts'
import { smallPng } from './pictures/small-png.ts'
import { VARIANTS } from './pictures/variants.ts'

/**
 * Takes the pictures in `docs/console` of the built console, and writes the page that shows them: `npm run pictures`, or with names of
 * pictures those alone, `npm run pictures -- providers conflict`. Look at them before you commit them.
 */
const FOLDER = join('docs', 'console')

async function take(picture: Picture, scene: Scene, browser: Browser): Promise<void> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...VARIANTS[0] })
  const page = await context.newPage()
  await signIn(page, scene)
  await picture.show(page, scene)
  for (const { name, colorScheme, viewport } of VARIANTS) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize(viewport)
    await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor()
    await page.evaluate(() => window.scrollTo(0, 0))
    await page.waitForTimeout(200)
    const png = await page.screenshot({ fullPage: viewport.width < 500 && !picture.isDialog })
    writeFileSync(join(FOLDER, `${picture.name}-${name}.png`), smallPng(png))
  }
  await context.close()
}

const wanted = process.argv.slice(2)
const scene = await startScene()
const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...QUIET] })
try {
  for (const picture of PICTURES) if (wanted.length === 0 || wanted.includes(picture.name)) await take(picture, scene, browser)
  writeFileSync(join(FOLDER, 'README.md'), gallery(PICTURES))
} finally {
  await browser.close()
  await scene.close()
}
