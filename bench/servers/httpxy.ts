/** A proxy that was made to be quick: it knows no keys and no tokens. */
import { createServer } from 'node:http'
import { createProxyServer } from 'httpxy'
import { listen } from './listen.ts'

const proxy = createProxyServer({ target: process.env.BENCH_VENDOR ?? '' })
listen(createServer((request, response) => void proxy.web(request, response)))
