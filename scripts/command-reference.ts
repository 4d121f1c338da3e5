import type { Command } from 'commander'

/** The help of every command that does something, as the documentation has it. */
export function commandReference(program: Command): string {
  return leavesOf(program)
    .map(({ words, command }) => `### ${words.join(' ')}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\`\n`)
    .join('\n')
}

function leavesOf(command: Command, words: readonly string[] = []): { words: string[]; command: Command }[] {
  const own = [...words, command.name()]
  return command.commands.length === 0 ? [{ words: own, command }] : command.commands.flatMap((child) => leavesOf(child, own))
}

function helpOf(command: Command): string {
  let text = ''
  command.configureOutput({
    writeOut: (part) => {
      text += part
    },
  })
  command.outputHelp()
  return text.trim()
}
