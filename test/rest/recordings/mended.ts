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
    dialect: 'coder',
    steps: [301],
    because:
      'G6: clients could not be configured. The description has what they ask for at their start: who they are, and what the server is.',
  },
  {
    dialect: 'coder',
    steps: [271],
    because: 'The entity tag of another provider under the same name was told as a change that nobody had made.',
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
  {
    dialect: 'bifrost',
    steps: [439, 478, 479],
    because: 'G10: the UI of Bifrost did not open without `/api/config` and `/api/version`.',
  },
  {
    dialect: 'ziri',
    // Every refusal.
    steps: [
      70, 71, 72, 73, 74, 88, 89, 90, 156, 157, 158, 159, 160, 161, 162, 163, 164, 165, 166, 167, 168, 169, 170, 172, 173, 174, 175, 176,
      177, 178, 179, 180, 181, 182, 183, 184, 185, 187, 188, 189, 190, 191, 192, 193, 194, 195, 196, 197, 198, 199, 200, 201, 202, 203, 204,
      207, 209, 212, 213, 214, 215, 220, 221, 222, 223, 224, 225, 226, 227, 228, 229, 231, 232, 233, 234, 235, 236, 237, 238, 239, 241, 242,
      243, 244, 245, 246, 247, 248, 249, 250, 251, 253, 254, 255, 256, 257, 258, 259, 261, 265, 266, 267, 268, 269, 270, 271, 272, 275, 276,
      283, 287, 291, 293, 294, 295, 299, 300, 301, 302, 303, 304, 305, 306, 307, 308, 309, 310, 312, 313, 314, 315, 316, 317, 318, 319, 320,
      321, 322, 323, 324, 325, 326, 327, 328, 329,
    ],
    because: 'G9: the text of a refusal was in `error` alone. It is in `message` too, where the UI of ZIRI reads it.',
  },
]
