/**
 * Deletes from `node_modules` what the program does not need when it runs: `npm ci --omit=dev` keeps the tools that some
 * package names as an optional peer, such as Prisma's command line and TypeScript. Run in the folder of package-lock.json.
 */
import { readFileSync, rmSync } from 'node:fs'

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))

/** Where a package finds another one: in its own folder, or in one around it. */
function find(name, from) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`
    if (path in packages) return path
    if (folder === '') return null
  }
}

function neededBy({ dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} }) {
  const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional)
  return [...Object.keys(dependencies), ...Object.keys(optionalDependencies), ...peers]
}

const kept = new Set([''])
for (const path of kept)
  for (const name of neededBy(packages[path])) {
    const found = find(name, path)
    if (found !== null) kept.add(found)
  }

const others = Object.keys(packages).filter((path) => path.startsWith('node_modules/') && !kept.has(path))
// A folder that is kept may be inside of one that is not.
for (const path of others) if (![...kept].some((inner) => inner.startsWith(`${path}/`))) rmSync(path, { recursive: true, force: true })
rmSync('node_modules/.bin', { recursive: true, force: true })
