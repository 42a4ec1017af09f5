import { resolveMx } from 'node:dns/promises'

/** The mail exchangers of a domain, preferred first. Throws an error with a `code` such as ENOTFOUND. */
export async function dnsExchangers(domain: string): Promise<string[]> {
  return (await resolveMx(domain)).sort((a, b) => a.priority - b.priority).map((one) => one.exchange)
}
