import { resolveTxt } from 'node:dns/promises'

/** The TXT records of a name, the strings of each joined (RFC 6376 §3.6.2.2). Throws an error with a `code` such as ENOTFOUND. */
export async function dnsText(name: string): Promise<string[]> {
  return (await resolveTxt(name)).map((strings) => strings.join(''))
}
