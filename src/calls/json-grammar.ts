/** What may stand next in a JSON text: its grammar (RFC 8259) byte by byte, where a closing bracket or a comma is left to whoever keeps the nest. */
const STATES = [
  ...['invalid', 'value', 'first item', 'first name', 'name', 'colon', 'behind value'],
  ...['string', 'escape', 'hex 4', 'hex 3', 'hex 2', 'hex 1'],
  ...['minus', 'zero', 'integer', 'point', 'fraction', 'exponent', 'exponent sign', 'exponent digits'],
  ...['t', 'tr', 'tru', 'f', 'fa', 'fal', 'fals', 'n', 'nu', 'nul'],
  // What the grammar leaves to the reader: he says which state follows.
  ...['open object', 'open list', 'close object', 'close list', 'comma', 'begin name', 'begin text', 'end string'],
] as const

type StateName = (typeof STATES)[number]

const BLANKS = ' \t\n\r'
const DIGITS = '0123456789'
const HEX = `${DIGITS}abcdefABCDEF`

type Rule = readonly [bytes: string, to: StateName]

const VALUE: readonly Rule[] = [
  ...([
    ['"', 'begin text'],
    ['{', 'open object'],
    ['[', 'open list'],
  ] as const),
  ...([
    ['-', 'minus'],
    ['0', 'zero'],
    ['123456789', 'integer'],
    ['t', 't'],
    ['f', 'f'],
    ['n', 'n'],
  ] as const),
]
const BEHIND: readonly Rule[] = [
  [BLANKS, 'behind value'],
  [',', 'comma'],
  ['}', 'close object'],
  [']', 'close list'],
]

const GRAMMAR: { readonly [From in StateName]?: readonly Rule[] } = {
  value: [[BLANKS, 'value'], ...VALUE],
  'first item': [[BLANKS, 'first item'], [']', 'close list'], ...VALUE],
  'first name': [
    [BLANKS, 'first name'],
    ['"', 'begin name'],
    ['}', 'close object'],
  ],
  name: [
    [BLANKS, 'name'],
    ['"', 'begin name'],
  ],
  colon: [
    [BLANKS, 'colon'],
    [':', 'value'],
  ],
  'behind value': BEHIND,
  string: [
    ['"', 'end string'],
    ['\\', 'escape'],
  ],
  escape: [
    ['"\\/bfnrt', 'string'],
    ['u', 'hex 4'],
  ],
  'hex 4': [[HEX, 'hex 3']],
  'hex 3': [[HEX, 'hex 2']],
  'hex 2': [[HEX, 'hex 1']],
  'hex 1': [[HEX, 'string']],
  minus: [
    ['0', 'zero'],
    ['123456789', 'integer'],
  ],
  zero: [['.', 'point'], ['eE', 'exponent'], ...BEHIND],
  integer: [[DIGITS, 'integer'], ['.', 'point'], ['eE', 'exponent'], ...BEHIND],
  point: [[DIGITS, 'fraction']],
  fraction: [[DIGITS, 'fraction'], ['eE', 'exponent'], ...BEHIND],
  exponent: [
    ['+-', 'exponent sign'],
    [DIGITS, 'exponent digits'],
  ],
  'exponent sign': [[DIGITS, 'exponent digits']],
  'exponent digits': [[DIGITS, 'exponent digits'], ...BEHIND],
  t: [['r', 'tr']],
  tr: [['u', 'tru']],
  tru: [['e', 'behind value']],
  f: [['a', 'fa']],
  fa: [['l', 'fal']],
  fal: [['s', 'fals']],
  fals: [['e', 'behind value']],
  n: [['u', 'nu']],
  nu: [['l', 'nul']],
  nul: [['l', 'behind value']],
}

/** A state as a number: what is looked up for each byte is no text. */
export const JSON_STATE = Object.fromEntries(STATES.map((name, index) => [name, index])) as { readonly [Name in StateName]: number }

/** States from here on are left to the reader. */
export const FIRST_LEFT_TO_READER = JSON_STATE['open object']

/** The states in which a text may end. */
export const JSON_ENDS: ReadonlySet<number> = new Set(
  (['behind value', 'zero', 'integer', 'fraction', 'exponent digits'] as const).map((name) => JSON_STATE[name]),
)

/** The next state by the state and the byte: at `256 * state + byte`. */
export const JSON_NEXT = nextStates()

function nextStates(): Uint8Array {
  const next = new Uint8Array(256 * STATES.length).fill(JSON_STATE.invalid)
  // Characters beyond ASCII are looked at elsewhere: whether they are UTF-8.
  next.fill(JSON_STATE.string, 256 * JSON_STATE.string + 0x20, 256 * (JSON_STATE.string + 1))
  for (const [index, from] of STATES.entries())
    for (const [bytes, to] of GRAMMAR[from] ?? []) for (const byte of Buffer.from(bytes)) next[256 * index + byte] = JSON_STATE[to]
  return next
}
