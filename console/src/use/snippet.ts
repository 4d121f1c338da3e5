/** What a snippet is made for: one provider, seen from whoever calls it. */
export interface SnippetTarget {
  /** Its name, as a tool shows it. */
  readonly name: string
  /** Where its calls begin, e.g. `https://gateway.example.com/ai/openai`. */
  readonly url: string
  /** A model to begin with. */
  readonly model: string
  /** AWS region, of Amazon Bedrock. */
  readonly region: string
}

/** A few lines that point one SDK or tool at the gateway. */
export interface Snippet {
  /** In the URL of the page, e.g. `openai-python`. */
  readonly id: string
  readonly label: string
  /** What to install, or the file that the lines belong to. */
  readonly where: string
  readonly text: string
}

/** The variable that holds the token in every snippet. */
export const TOKEN_VARIABLE = 'GATEWAY_TOKEN'

/** A text in double quotes, as JavaScript, Python, TOML, YAML and JSON read it. */
export function quoted(text: string): string {
  return JSON.stringify(text)
}

/** A text in single quotes, as a shell reads it. */
export function single(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
