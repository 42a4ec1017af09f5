import { companyProfile } from '#access/company/service.ts'
import { DAY, HOUR } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import type { Door } from '#kernel/serve.ts'
import { readSetting, writeSetting } from '#kernel/settings.ts'
import { readKeys, settleKeys } from '../keys.ts'
import { readMail, senderAddress, smtpOf } from '../settings.ts'
import { checkDomain, type OurSide } from './check.ts'
import { type DomainReport, type DomainSeen, domainReport } from './contract.ts'
import { isLoopback, isReserved, linkFault } from './outside.ts'
import { DOMAIN_KEY, storedReport } from './proven.ts'

/** Between the looks at DNS no transaction is open. */
export type Way = Pick<Door, 'house' | 'read' | 'tx'>

interface Standing {
  readonly us: OurSide
  readonly exempt: boolean
  /** Changes with whatever the report was about. */
  readonly asked: string
}

async function standing(ctx: Ctx): Promise<Standing> {
  const settings = await readMail(ctx)
  const company = await companyProfile(ctx)
  const smtp = smtpOf(ctx.house, settings, '')
  const domain = senderAddress(settings, company).split('@').at(-1)?.toLowerCase() ?? ''
  const keys = await readKeys(ctx)
  const us: OurSide = {
    domain,
    envelope: settings.bounceDomain || domain,
    // By which address a server on this machine reaches the world is not known here.
    host: smtp && !isLoopback(smtp.host) ? smtp.host : '',
    contact: company.contactEmail,
    keys: keys && { domain: keys.domain, main: keys, ed25519: keys.ed25519, next: keys.next },
  }
  const asked = JSON.stringify([us.domain, us.envelope, us.host, keys?.domain, keys?.record])
  // A server on this machine passes mail on like any other, unless the sender's name is one that exists nowhere: then it is somebody's trial.
  return { us, exempt: !smtp || (isLoopback(smtp.host) && isReserved(domain)), asked }
}

export async function read(ctx: Ctx): Promise<DomainSeen> {
  const { us, exempt, asked } = await standing(ctx)
  const last = await readSetting(ctx, DOMAIN_KEY, storedReport, null)
  const report = last && last.asked === asked ? domainReport.parse(last) : null
  const { publicUrl } = ctx.house
  return { domain: us.domain, exempt, links: exempt ? null : linkFault(publicUrl), publicUrl, report }
}

/** Looks the domain up now and keeps what was found. What failed on its way leaves an older answer of the same kind in force. */
export async function check(door: Way): Promise<DomainReport> {
  const { us } = await door.read(standing)
  const { house } = door
  const { names } = house.ports
  if (!us.domain || !names) return refuse('unprocessable', 'mail.noDomain', { message: 'No sender address is set.' })
  const { report, seen } = await checkDomain(names, us, house.clock.now())
  return door.tx(async (ctx) => {
    await settleKeys(ctx, seen)
    // The next key may have taken over just now: the report was about the one before, and both are valid.
    const { asked } = await standing(ctx)
    const last = await readSetting(ctx, DOMAIN_KEY, storedReport, null)
    const good = last?.asked === asked && last.aligned === 'yes' && ctx.now.getTime() - Date.parse(last.at) < 7 * DAY
    if (report.aligned !== 'unknown' || !good) await writeSetting(ctx, DOMAIN_KEY, { ...report, asked })
    return report
  })
}

/** Before a newsletter starts: an answer that is older than an hour, or was no, is asked for again. */
export async function refresh(door: Way): Promise<void> {
  const { house } = door
  const { exempt, report, domain } = await door.read(read)
  if (exempt || !domain || !house.ports.names) return
  if (report?.aligned === 'yes' && house.clock.now().getTime() - Date.parse(report.at) < HOUR) return
  await check(door)
}

/** What forbids bulk mail: nobody could follow its links, nobody stands behind From, or it could not be found out. */
export async function bulkFault(ctx: Ctx): Promise<'private' | 'unaligned' | 'unchecked' | null> {
  const { exempt, links, report } = await read(ctx)
  if (links === 'private') return 'private'
  if (exempt || report?.aligned === 'yes') return null
  return report?.aligned === 'no' ? 'unaligned' : 'unchecked'
}
