/** An address that no test may reach without leave, and its 32 bits. */
export const DENIED_IPV4 = [
  '127.0.0.1',
  '127.255.255.254',
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '10.255.255.255',
  '100.64.0.1',
  '100.100.100.200',
  '100.127.255.255',
  '168.63.129.16',
  '169.254.169.254',
  '169.254.170.2',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.192',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.1.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
] as const

export const DENIED_IPV6 = [
  '::',
  '::1',
  '::2',
  '100::1',
  '2001:2::1',
  '2001:10::1',
  '2001:20::1',
  '2001:db8::1',
  '3fff::1',
  '4000::1',
  '5f00::1',
  'fc00::1',
  'fd00::1',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
  'fd00:42::42',
  'fe80::1',
  'febf::1',
  'fec0::1',
  'ff02::1',
  'ff0e::1',
] as const

const octetsOf = (address: string) => address.split('.').map(Number)
const hex = (value: number, width = 0) => value.toString(16).padStart(width, '0')

/** The ways in which a URL can spell an IPv4 address. */
export function ipv4Spellings(address: string): string[] {
  const octets = octetsOf(address)
  const [a = 0, b = 0, c = 0, d = 0] = octets
  const number = a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d
  return [
    address,
    `${address}.`,
    String(number),
    `0x${hex(number, 8)}`,
    `0X${hex(number, 8).toUpperCase()}`,
    `0${number.toString(8)}`,
    octets.map((octet) => `0x${hex(octet)}`).join('.'),
    octets.map((octet) => `0${octet.toString(8)}`).join('.'),
    octets.map((octet) => `000${octet.toString(8)}`).join('.'),
    `${a}.${b * 2 ** 16 + c * 2 ** 8 + d}`,
    `${a}.${b}.${c * 2 ** 8 + d}`,
    `0x${hex(a)}.${b}.0${c.toString(8)}.${d}`,
    address.replaceAll('.', '%2e'),
    address.replaceAll('.', '。'),
    address.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
    `%${address.charCodeAt(0).toString(16)}${address.slice(1)}`,
  ]
}

/** The IPv6 addresses that carry an IPv4 address: mapped, compatible, translated, NAT64, 6to4, Teredo, ISATAP. */
export function ipv4InIpv6(address: string): string[] {
  const [a = 0, b = 0, c = 0, d = 0] = octetsOf(address)
  const pair = `${hex(a * 256 + b)}:${hex(c * 256 + d)}`
  const inverted = `${hex((a * 256 + b) ^ 0xffff)}:${hex((c * 256 + d) ^ 0xffff)}`
  return [
    `::ffff:${address}`,
    `::ffff:${pair}`,
    `0:0:0:0:0:ffff:${pair}`,
    `::${address}`,
    `::ffff:0:${pair}`,
    `64:ff9b::${address}`,
    `64:ff9b::${pair}`,
    `64:ff9b:1::${pair}`,
    `2002:${pair}::1`,
    `2001:0:4136:e378:8000:63bf:${inverted}`,
    `2001:470:1f0b:1::5efe:${pair}`,
    `2001:470:1f0b:1:200:5efe:${pair}`,
  ]
}

/** Base URLs that name a denied host outright, with or without disguise, at `port`. */
export function hostileUrls(port: number): string[] {
  const literals = [
    ...DENIED_IPV4.flatMap(ipv4Spellings),
    ...DENIED_IPV4.flatMap(ipv4InIpv6).map((address) => `[${address}]`),
    ...DENIED_IPV6.map((address) => `[${address}]`),
  ]
  const names = [
    'localhost',
    'LOCALHOST',
    'LocalHost.',
    'ⓛocalhost',
    'a.localhost',
    'a.b.localhost.',
    'metadata.google.internal',
    'METADATA.google.internal.',
    'metadata',
    'instance-data',
  ]
  return [...literals, ...names].map((host) => `https://${host}:${port}/v1`)
}

/** Base URLs that hide where they go, or that no call may use. */
export function trickyUrls(port: number): string[] {
  const here = `127.0.0.1:${port}`
  return [
    `https://api.openai.com@${here}/v1`,
    `https://api.openai.com:443@${here}/v1`,
    `https://user:secret@${here}/v1`,
    `https://@${here}/v1`,
    `https://:@${here}/v1`,
    `https://@api.openai.com/v1`,
    `https://user@api.openai.com/v1`,
    `https://api.openai.com\\@${here}/v1`,
    `https://${here}\\@api.openai.com/v1`,
    `https:\\\\${here}\\v1`,
    `https:/${here}/v1`,
    `https:${here}/v1`,
    `https:///${here}/v1`,
    `https://127.0.\t0.1:${port}/v1`,
    `https://127.0.\n0.1:${port}/v1`,
    `\u0000https://${here}/v1`,
    ` https://${here}/v1 `,
    `HTTPS://${here}/v1`,
    `https://${here}/v1#@api.openai.com`,
    `https://api.openai.com#@${here}/v1`,
    `https://${here}?x=@api.openai.com`,
    `https://api.openai.com%2f@${here}/v1`,
    `https://api.openai.com%00.${here}/v1`,
    `https://[::1%25lo]:${port}/v1`,
    `https://[::1]:${port}:443/v1`,
    `https://${here}:443/v1`,
    'https://127.0.0.1:0/v1',
    'https://127.0.0.1:65536/v1',
    'https://127.0.0.1:-1/v1',
    'https://127.0.0.1:0x50/v1',
    'https://127.0.0.1:22/v1',
    'https://127.0.0.1:6379/v1',
    'https://127.0.0.1:9200/v1',
    'https://127.0.0.1:11211/v1',
    `http://${here}/v1`,
    'http://api.openai.com/v1',
    'http://93.184.215.14/v1',
    'http://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/v1',
    `ftp://${here}/v1`,
    `ws://${here}/v1`,
    `wss://${here}/v1`,
    `gopher://${here}/_GET`,
    'file:///etc/passwd',
    'data:application/json,{"data":[]}',
    'javascript:alert(1)',
    'unix:/var/run/docker.sock',
    'http+unix://%2fvar%2frun%2fdocker.sock/v1',
    `//${here}/v1`,
    here,
    'localhost',
    '/v1',
    '?',
    `https://${'a'.repeat(300)}.example/v1`,
    `https://${'a.'.repeat(200)}example/v1`,
    'https://exa mple.com/v1',
    'https://.../v1',
    'https://./v1',
    'https://-/v1',
    'https://1.2.3.4.5/v1',
    'https://256.256.256.256/v1',
    'https://0x100000000/v1',
    'https://08.8.8.8/v1',
  ]
}

/** Public addresses of the corpus's names; nothing here really connects to them. */
export const PUBLIC = ['93.184.215.14', '8.8.8.8', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'] as const

/** DNS answers that a name under an attacker's control may have: at least one address is denied. */
export function hostileAnswers(): string[][] {
  const denied = [...DENIED_IPV4, ...DENIED_IPV6, '::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::7f00:1', '2002:7f00:1::', 'fe80::1%eth0']
  return [
    ...denied.map((address) => [address]),
    ...denied.flatMap((address) => [
      [PUBLIC[0], address],
      [address, PUBLIC[0]],
      [PUBLIC[0], PUBLIC[2], PUBLIC[1], address],
    ]),
    ['not an address'],
    [''],
    ['localhost'],
    ['010.0.0.1'],
    ['0x7f.1'],
    ['2130706433'],
    ['127.1'],
    ['93.184.215.14 '],
  ]
}
