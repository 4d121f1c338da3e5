/** Writes the table of rooms into the documentation: `npm run rooms`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { roomsTable } from './rooms.ts'

const FILE = 'docs/architecture.md'
const [HEADING, END] = ['## Rooms\n', '\n## ']

const page = readFileSync(FILE, 'utf8')
const [before = '', rest = ''] = page.split(HEADING)
writeFileSync(FILE, `${before}${HEADING}\n${roomsTable()}${rest.slice(rest.indexOf(END))}`)
