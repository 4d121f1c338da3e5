/** Writes the table of rooms into the documentation: `npm run rooms`. */
import { writeFileSync } from 'node:fs'
import { roomsReference } from './rooms.ts'

writeFileSync('docs/reference/rooms.md', roomsReference())
