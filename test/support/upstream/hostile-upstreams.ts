import { createServer, type Socket } from 'node:net'
import { constants, createGzip } from 'node:zlib'
import { listen } from './recorder.ts'

/** What an upstream does to a client that has connected; `request` is the first thing that the client sent. */
export interface HostileUpstream {
  readonly name: string
  /** Whether it speaks before it has heard a request. */
  readonly isEager?: boolean
  behave(socket: Socket): void
}

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'
const BLOCK = Buffer.alloc(64 * 1024, 'a')
const CHUNK = Buffer.concat([Buffer.from('10000\r\n'), BLOCK, Buffer.from('\r\n')])

/** Writes the same bytes again and again, as fast as the client reads. */
function pump(socket: Socket, block: Buffer | string): void {
  const write = () => {
    while (!socket.destroyed && socket.write(block));
  }
  socket.on('drain', write)
  write()
}

/** Writes a little at a time, for ever. */
function drip(socket: Socket, text: string, everyMs: number): void {
  const timer = setInterval(() => socket.write(text), everyMs)
  socket.once('close', () => clearInterval(timer))
}

function bomb(socket: Socket): void {
  socket.write(`${HEAD}Content-Encoding: gzip\r\n\r\n`)
  const gzip = createGzip({ level: constants.Z_BEST_COMPRESSION })
  gzip.pipe(socket)
  const write = () => {
    while (!socket.destroyed && gzip.write(BLOCK));
  }
  gzip.on('drain', write)
  socket.once('close', () => gzip.destroy())
  write()
}

const answer =
  (text: string): HostileUpstream['behave'] =>
  (socket) =>
    void socket.end(text)
const json = (body: string, headers = ''): string => `${HEAD}${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

/** Upstreams that never finish. Each has to be cut off by a time limit. */
export const ENDLESS: readonly HostileUpstream[] = [
  { name: 'hangs before a byte', behave: () => {} },
  { name: 'hangs after the status line', behave: (socket) => socket.write('HTTP/1.1 200 OK\r\n') },
  { name: 'hangs after the headers', behave: (socket) => socket.write(`${HEAD}Content-Length: 10\r\n\r\n`) },
  { name: 'hangs inside the body', behave: (socket) => socket.write(`${HEAD}Content-Length: 100\r\n\r\n{"data":[`) },
  {
    name: 'drips its headers',
    behave: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      drip(socket, 'x: y\r\n', 20)
    },
  },
  {
    name: 'drips its status line',
    behave: (socket) => {
      socket.write('HTTP/1.1 200 ')
      drip(socket, 'x', 20)
    },
  },
  {
    name: 'drips its body',
    behave: (socket) => {
      socket.write(`${HEAD}Content-Length: 1000000\r\n\r\n`)
      drip(socket, ' ', 20)
    },
  },
  {
    name: 'drips chunks',
    behave: (socket) => {
      socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`)
      drip(socket, '1\r\n \r\n', 20)
    },
  },
  { name: 'says 103 for ever', behave: (socket) => drip(socket, 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n', 100) },
  {
    name: 'never ends a chunk extension',
    behave: (socket) => {
      socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n1;`)
      drip(socket, 'x=y;', 20)
    },
  },
]

/** Upstreams that send too much. Each has to be cut off by a size limit, long before memory grows. */
export const FLOODS: readonly HostileUpstream[] = [
  {
    name: 'sends an endless body',
    behave: (socket) => {
      socket.write(`${HEAD}\r\n`)
      pump(socket, BLOCK)
    },
  },
  {
    name: 'sends endless chunks',
    behave: (socket) => {
      socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`)
      pump(socket, CHUNK)
    },
  },
  {
    name: 'announces a terabyte',
    behave: (socket) => {
      socket.write(`${HEAD}Content-Length: 1099511627776\r\n\r\n`)
      pump(socket, BLOCK)
    },
  },
  { name: 'sends a gzip bomb', behave: bomb },
  {
    name: 'floods headers',
    behave: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      pump(socket, 'x-flood: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n'.repeat(500))
    },
  },
  {
    name: 'sends one endless header',
    behave: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nx: ')
      pump(socket, BLOCK)
    },
  },
  { name: 'floods early hints', behave: (socket) => pump(socket, 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(500)) },
  {
    name: 'floods trailers',
    behave: (socket) => {
      socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n0\r\n`)
      pump(socket, 'x-trailer: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n'.repeat(500))
    },
  },
]

/** Upstreams that break the protocol, or the connection. Each has to be told at once. */
export const BROKEN: readonly HostileUpstream[] = [
  { name: 'resets at once', isEager: true, behave: (socket) => void socket.resetAndDestroy() },
  { name: 'closes at once', isEager: true, behave: (socket) => void socket.end() },
  { name: 'speaks another protocol first', isEager: true, behave: answer('SSH-2.0-OpenSSH_9.2\r\n') },
  { name: 'resets after the request', behave: (socket) => void socket.resetAndDestroy() },
  { name: 'closes after the request', behave: (socket) => void socket.end() },
  { name: 'resets inside the headers', behave: (socket) => void socket.write(HEAD, () => socket.resetAndDestroy()) },
  { name: 'closes inside the body', behave: answer(`${HEAD}Content-Length: 100\r\n\r\n{"data"`) },
  {
    name: 'resets inside the body',
    behave: (socket) => void socket.write(`${HEAD}Content-Length: 100\r\n\r\n{"da`, () => socket.resetAndDestroy()),
  },
  { name: 'closes inside a chunk', behave: answer(`${HEAD}Transfer-Encoding: chunked\r\n\r\nff\r\n{"data"`) },
  { name: 'answers garbage', behave: answer('\u0000\u0001\u0002 what?\r\n\r\n') },
  { name: 'answers as HTTP/0.9', behave: answer('<html>hello</html>') },
  { name: 'answers as HTTP/9', behave: answer('HTTP/9.9 200 OK\r\n\r\n') },
  { name: 'has two lengths', behave: answer(`${HEAD}Content-Length: 2\r\nContent-Length: 50\r\n\r\n{}`) },
  { name: 'has a length and chunks', behave: answer(`${HEAD}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`) },
  { name: 'has a negative length', behave: answer(`${HEAD}Content-Length: -1\r\n\r\n{}`) },
  { name: 'has a chunk size that is none', behave: answer(`${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`) },
  { name: 'has a NUL in a header', behave: answer(`HTTP/1.1 200 OK\r\nx: a\u0000b\r\n\r\n{}`) },
  { name: 'has a header without a name', behave: answer(`HTTP/1.1 200 OK\r\n: x\r\n\r\n{}`) },
  { name: 'has status 000', behave: answer('HTTP/1.1 000 Nothing\r\nContent-Length: 0\r\n\r\n') },
  { name: 'has status 999', behave: answer('HTTP/1.1 999 Denied\r\nContent-Length: 0\r\n\r\n') },
  { name: 'switches protocols', behave: answer('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n') },
  { name: 'says continue', behave: answer('HTTP/1.1 100 Continue\r\n\r\n') },
  { name: 'has no content', behave: answer('HTTP/1.1 204 No Content\r\n\r\n') },
  { name: 'answers in brotli', behave: answer(json('{"data":[]}', 'Content-Encoding: br\r\n')) },
  { name: 'answers in deflate', behave: answer(json('{"data":[]}', 'Content-Encoding: DEFLATE\r\n')) },
  { name: 'answers in two encodings', behave: answer(json('{"data":[]}', 'Content-Encoding: gzip, gzip\r\n')) },
  { name: 'answers an empty body', behave: answer(json('')) },
  { name: 'answers a deep array', behave: answer(json('['.repeat(100_000) + ']'.repeat(100_000))) },
  { name: 'answers a deep object', behave: answer(json('{"data":'.repeat(50_000))) },
  { name: 'answers a number', behave: answer(json('1e999')) },
  { name: 'answers null', behave: answer(json('null')) },
  { name: 'answers a prototype', behave: answer(json('{"__proto__":{"data":[{"id":"x"}]}}')) },
  { name: 'answers models that have no names', behave: answer(json('{"data":[1,null,{},["x"]]}')) },
  {
    name: 'answers no UTF-8',
    behave: (socket) =>
      void socket.end(Buffer.concat([Buffer.from(`${HEAD}Content-Length: 4\r\n\r\n`), Buffer.from([0xff, 0xfe, 0x80, 0x81])])),
  },
]

/** Starts a hostile upstream on a free loopback port. */
export async function startHostile({ behave, isEager = false }: HostileUpstream): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer((socket) => {
    if (isEager) behave(socket)
    else socket.once('data', () => behave(socket))
    socket.on('data', () => {})
  })
  return listen(server)
}
