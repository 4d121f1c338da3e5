/** By the names of the environment variables that the file names. */
export const SECRETS = {
  FIRST_KEY: 'sk-first-key-in-a-variable-4Qw8Zr',
  OTHER_KEY: 'sk-other-key-in-a-variable-9XbN2k',
  TEAM_KEY: 'team-key-of-a-header-0123456789',
  PROXY_PASSWORD: 'password-of-the-proxy',
  ACCESS_KEY: 'AKIA00000000EXAMPLE1',
  ACCESS_KEY_SECRET: 'wJalrXUtnFEMI-bPxRfiCY-EXAMPLE',
}
/** Belongs into `second.key` beside the file. */
export const FILE_KEY = 'sk-key-in-a-file-7HdFs3Gv-0123'

/** A file for `gateway apply` with every kind of setting and of secret that one can state. */
export const providersFile = (baseUrl: string) => `providers:
  - name: openai
    baseUrl: ${baseUrl}
    displayName: OpenAI for all
    icon: 🤖
    apiKeys:
      - { name: primary, valueFrom: { env: FIRST_KEY }, weight: 2 }
      - { name: second, valueFrom: { file: second.key }, enabled: false }
      - valueFrom: { env: OTHER_KEY }
    network:
      timeoutMs: 20000
      extraHeaders:
        - { name: X-Team, value: platform }
        - { name: X-Api-Key, valueFrom: { env: TEAM_KEY } }
  - name: behind-a-proxy
    type: anthropic
    baseUrl: https://api.anthropic.com
    enabled: false
    network:
      proxy: { type: HTTP, url: "http://proxy.example.com:3128", username: gateway, passwordFrom: { env: PROXY_PASSWORD } }
  - name: models-on-aws
    type: BEDROCK
    baseUrl: https://bedrock-runtime.us-east-1.amazonaws.com
    settings:
      bedrock:
        region: us-east-1
        roleArn: arn:aws:iam::123456789012:role/Models
        accessKeyFrom: { env: ACCESS_KEY }
        accessKeySecretFrom: { env: ACCESS_KEY_SECRET }
  - name: groq
  - name: a-placeholder
    extensions:
      ziri: { team: platform, limits: { daily: 5 } }
`
