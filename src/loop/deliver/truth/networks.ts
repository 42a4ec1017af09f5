// Whose network an address lies in, as far as it says something about who reads mail there. Pure data and one question.
//
// Provenance: gateways are the ranges their makers publish for allow lists (Microsoft "Office 365 URLs and IP address ranges", id 10;
// Proofpoint, Mimecast, Barracuda, Cisco and Symantec.cloud "IP ranges of our services"); 17.0.0.0/8 is Apple's own allocation (ARIN
// NET-17-0-0-0-1); data centres are wide allocations of hosters as the regional registries list them. People who browse through a company's
// cloud proxy (Zscaler, Netskope, iCloud Private Relay) are people: such ranges are left out on purpose. A range alone never makes a machine
// of anybody but in a gateway's own; a data centre only raises doubt.
import ipaddr from 'ipaddr.js'

export type Network = 'gateway' | 'apple' | 'datacentre' | ''

const GATEWAYS = [
  // Microsoft Defender for Office 365 (Safe Links, Exchange Online Protection)
  '40.92.0.0/15',
  '40.107.0.0/16',
  '52.100.0.0/14',
  '104.47.0.0/17',
  // Proofpoint
  '67.231.144.0/20',
  '148.163.128.0/19',
  '208.84.64.0/22',
  '208.86.200.0/22',
  '185.183.28.0/22',
  // Mimecast
  '63.128.21.0/24',
  '205.139.110.0/24',
  '207.211.30.0/24',
  '207.211.31.0/24',
  '207.211.41.0/24',
  '207.82.80.0/24',
  '216.205.24.0/24',
  '170.10.128.0/22',
  // Barracuda
  '64.235.144.0/20',
  '209.222.80.0/21',
  // Cisco Secure Email (IronPort)
  '68.232.128.0/19',
  '139.138.0.0/18',
  '216.71.128.0/19',
  // Symantec.cloud (MessageLabs)
  '67.219.240.0/20',
  '85.158.136.0/21',
  '95.131.104.0/21',
  '193.109.254.0/23',
  '194.106.220.0/23',
  '195.245.230.0/23',
  '216.82.240.0/20',
]
const APPLE = ['17.0.0.0/8']
const DATACENTRES = [
  // Amazon Web Services
  '3.0.0.0/9',
  '18.128.0.0/9',
  '34.192.0.0/10',
  '44.192.0.0/10',
  '52.0.0.0/10',
  '54.64.0.0/10',
  '54.128.0.0/9',
  // Microsoft Azure
  '13.64.0.0/11',
  '20.33.0.0/16',
  '20.36.0.0/14',
  '20.40.0.0/13',
  '20.48.0.0/12',
  '20.64.0.0/10',
  '20.184.0.0/13',
  '40.64.0.0/10',
  '51.104.0.0/15',
  '52.224.0.0/11',
  // Google Cloud
  '34.64.0.0/10',
  '35.184.0.0/13',
  '35.192.0.0/12',
  '35.208.0.0/12',
  '104.154.0.0/15',
  '104.196.0.0/14',
  '130.211.0.0/16',
  // DigitalOcean, Linode, OVH, Hetzner
  '138.68.0.0/16',
  '142.93.0.0/16',
  '159.65.0.0/16',
  '165.227.0.0/16',
  '167.99.0.0/16',
  '206.189.0.0/16',
  '45.33.0.0/17',
  '139.162.0.0/16',
  '172.104.0.0/15',
  '51.38.0.0/16',
  '51.68.0.0/16',
  '54.36.0.0/14',
  '145.239.0.0/16',
  '88.198.0.0/16',
  '95.216.0.0/15',
  '135.181.0.0/16',
  '144.76.0.0/16',
  '148.251.0.0/16',
  '159.69.0.0/16',
  '168.119.0.0/16',
]

const ranges = (list: readonly string[]) => list.map((text) => ipaddr.IPv4.parseCIDR(text))
// Narrow ones first: a gateway's own range often lies inside of a hoster's.
const KNOWN: readonly (readonly [Exclude<Network, ''>, ReturnType<typeof ranges>])[] = [
  ['gateway', ranges(GATEWAYS)],
  ['apple', ranges(APPLE)],
  ['datacentre', ranges(DATACENTRES)],
]

/** The kind of network an address lies in; '' for all that says nothing (also every IPv6 address that is not a mapped one). */
export function networkOf(address: string): Network {
  if (!ipaddr.isValid(address)) return ''
  const parsed = ipaddr.process(address)
  if (!(parsed instanceof ipaddr.IPv4)) return ''
  return KNOWN.find(([, list]) => list.some((range) => parsed.match(range)))?.[0] ?? ''
}
