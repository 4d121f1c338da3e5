/** Answers that differ from the recorded ones, because what was recorded was a fault. */
export interface Mended {
  readonly dialect: 'coder' | 'bifrost' | 'ziri' | 'respan'
  /** Of the recording. Each of them must really differ. */
  readonly steps: readonly number[]
  /** What was wrong, and what is right instead. */
  readonly because: string
}

export const MENDED: readonly Mended[] = [
  {
    dialect: 'coder',
    steps: [181, 182, 183, 184, 199, 202],
    because: 'W5: a mask was refused with "Leave the key out to keep the stored one", which deletes the key here. A client sends its id.',
  },
  {
    dialect: 'coder',
    steps: [226, 242],
    because: 'W8: `settings.protocol` of Bedrock was dropped silently. It is kept and returned.',
  },
  {
    dialect: 'bifrost',
    steps: [254, 255, 256, 257, 258, 259, 261, 262, 263, 265, 266, 267, 269, 271, 273, 280],
    because: 'W6: a PUT of a key without `name` erased the name, and one without `enabled` enabled a disabled key. What is left out stays.',
  },
  {
    dialect: 'bifrost',
    steps: [2, 5, 32, 84, 114, 120, 148, 168, 192, 195, 197, 208, 209, 319, 329, 339],
    because: 'W9: the answer to a POST or PUT called a placeholder `error`. What was just written is `active`; a GET tells.',
  },
]
