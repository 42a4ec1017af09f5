const WORD = /=\?utf-8\?b\?([A-Za-z0-9+/=]*)\?=/gi

/** The headers of one of our own messages, lower-case names, encoded words decoded. */
export function headersOf(raw: Buffer): Map<string, string> {
  const end = raw.indexOf('\r\n\r\n')
  const text = raw
    .subarray(0, end < 0 ? raw.length : end)
    .toString('utf8')
    .replace(/\r\n[ \t]+/g, ' ')
  return new Map(
    text.split('\r\n').map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), decoded(line.slice(colon + 1).trim())] as const
    }),
  )
}

function decoded(value: string): string {
  return value.replace(/(\?=)\s+(=\?)/g, '$1$2').replace(WORD, (_, body: string) => Buffer.from(body, 'base64').toString('utf8'))
}

export interface ReadMail {
  readonly html: string
  readonly text: string
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly source: string
}

const MOST_SOURCE = 300_000

/** A mail taken apart for the screen. */
export async function readMail(raw: Buffer): Promise<ReadMail> {
  const { default: PostalMime } = await import('postal-mime') // only who opens a mail pays for its parser
  const mail = await PostalMime.parse(raw)
  return {
    html: mail.html ?? '',
    text: mail.text ?? '',
    headers: mail.headers.map((header) => ({ name: header.originalKey ?? header.key, value: header.value })),
    source: raw.toString('utf8').slice(0, MOST_SOURCE),
  }
}
