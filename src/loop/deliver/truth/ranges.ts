// Whose networks say something about who reads mail there: a table, and nothing else.
//
// Gateways are the ranges their makers publish for allow lists; data centres are wide allocations of hosters as they publish them or the
// regional registries list them. Both change: what is missing here is told as unknown, and an operator adds ranges of their own. People who
// browse through a company's cloud proxy (Zscaler, Netskope, iCloud Private Relay) are people: such ranges are left out on purpose.

export interface KnownNetwork {
  readonly owner: string
  readonly kind: 'gateway' | 'apple' | 'datacentre'
  /** Where the ranges stand. */
  readonly source: string
  readonly ranges: string[]
}

/** Narrow ones first: a gateway's own range often lies inside of a hoster's. */
export const KNOWN_NETWORKS: readonly KnownNetwork[] = [
  {
    owner: 'Microsoft Defender for Office 365',
    kind: 'gateway',
    source: 'Microsoft, “Office 365 URLs and IP address ranges”, id 10',
    ranges: ['40.92.0.0/15', '40.107.0.0/16', '52.100.0.0/14', '104.47.0.0/17', '2a01:111:f400::/48', '2a01:111:f403::/48'],
  },
  {
    owner: 'Proofpoint',
    kind: 'gateway',
    source: 'Proofpoint, IP ranges for allow lists',
    ranges: ['67.231.144.0/20', '148.163.128.0/19', '208.84.64.0/22', '208.86.200.0/22', '185.183.28.0/22'],
  },
  {
    owner: 'Mimecast',
    kind: 'gateway',
    source: 'Mimecast, data centres and IP ranges',
    ranges: [
      '63.128.21.0/24',
      '205.139.110.0/24',
      '207.211.30.0/24',
      '207.211.31.0/24',
      '207.211.41.0/24',
      '207.82.80.0/24',
      '216.205.24.0/24',
      '170.10.128.0/22',
    ],
  },
  {
    owner: 'Barracuda',
    kind: 'gateway',
    source: 'Barracuda, Email Gateway Defense IP ranges',
    ranges: ['64.235.144.0/20', '209.222.80.0/21'],
  },
  {
    owner: 'Cisco Secure Email',
    kind: 'gateway',
    source: 'Cisco, Secure Email Cloud Gateway IP ranges',
    ranges: ['68.232.128.0/19', '139.138.0.0/18', '216.71.128.0/19'],
  },
  {
    owner: 'Symantec Email Security.cloud',
    kind: 'gateway',
    source: 'Broadcom, Email Security.cloud IP ranges',
    ranges: [
      '67.219.240.0/20',
      '85.158.136.0/21',
      '95.131.104.0/21',
      '193.109.254.0/23',
      '194.106.220.0/23',
      '195.245.230.0/23',
      '216.82.240.0/20',
    ],
  },
  {
    owner: 'Apple',
    kind: 'apple',
    source: 'ARIN NET-17-0-0-0-1; Apple’s allocations of ARIN, APNIC and RIPE',
    ranges: ['17.0.0.0/8', '2403:300::/32', '2620:149::/32', '2a01:b740::/32'],
  },
  {
    owner: 'Amazon Web Services',
    kind: 'datacentre',
    source: 'Amazon, ip-ranges.json; ARIN, APNIC and RIPE allocations',
    ranges: [
      '3.0.0.0/9',
      '18.128.0.0/9',
      '34.192.0.0/10',
      '44.192.0.0/10',
      '52.0.0.0/10',
      '54.64.0.0/10',
      '54.128.0.0/9',
      '2406:da00::/24',
      '2600:1f00::/24',
      '2a05:d000::/25',
    ],
  },
  {
    owner: 'Microsoft Azure',
    kind: 'datacentre',
    source: 'Microsoft, Azure IP ranges and service tags',
    ranges: [
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
      '2603:1000::/24',
    ],
  },
  {
    owner: 'Google Cloud',
    kind: 'datacentre',
    source: 'Google, cloud.json',
    ranges: [
      '34.64.0.0/10',
      '35.184.0.0/13',
      '35.192.0.0/12',
      '35.208.0.0/12',
      '104.154.0.0/15',
      '104.196.0.0/14',
      '130.211.0.0/16',
      '2600:1900::/28',
    ],
  },
  {
    owner: 'DigitalOcean',
    kind: 'datacentre',
    source: 'DigitalOcean, geo feed; ARIN, APNIC and RIPE allocations',
    ranges: [
      '138.68.0.0/16',
      '142.93.0.0/16',
      '159.65.0.0/16',
      '165.227.0.0/16',
      '167.99.0.0/16',
      '206.189.0.0/16',
      '2400:6180::/32',
      '2604:a880::/32',
      '2a03:b0c0::/32',
    ],
  },
  {
    owner: 'Linode',
    kind: 'datacentre',
    source: 'ARIN and RIPE allocations',
    ranges: ['45.33.0.0/17', '139.162.0.0/16', '172.104.0.0/15'],
  },
  {
    owner: 'OVH',
    kind: 'datacentre',
    source: 'RIPE allocations',
    ranges: ['51.38.0.0/16', '51.68.0.0/16', '54.36.0.0/14', '145.239.0.0/16', '2001:41d0::/32'],
  },
  {
    owner: 'Hetzner',
    kind: 'datacentre',
    source: 'RIPE allocations',
    ranges: [
      '88.198.0.0/16',
      '95.216.0.0/15',
      '135.181.0.0/16',
      '144.76.0.0/16',
      '148.251.0.0/16',
      '159.69.0.0/16',
      '168.119.0.0/16',
      '2a01:4f8::/32',
      '2a01:4f9::/32',
    ],
  },
]
