/**
 * A process that seals secrets anew and is gone after some pages, with nothing closed:
 * `rotation-worker.ts <url> <pages>`, with the keys in ENCRYPTION_KEYS.
 */
import { resealSecrets } from '../../src/api-keys/reseal-secrets.ts'
import { parseKeyring } from '../../src/crypto/keyring.ts'
import { openDatabase } from '../../src/database/client.ts'

const [url = '', pages = ''] = process.argv.slice(2)
const database = await openDatabase(url)
let left = Number(pages)
await resealSecrets(database, parseKeyring(process.env.ENCRYPTION_KEYS ?? ''), () => {
  left -= 1
  if (left === 0) process.kill(process.pid, 'SIGKILL')
})
await database.close()
