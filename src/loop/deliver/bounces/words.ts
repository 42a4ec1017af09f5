// What servers say, and which reason it is. Pure. The first line that fits decides, so the narrow ones stand first.
import type { BounceReason } from './reasons.ts'

type Line = readonly [BounceReason, RegExp]

const TABLE: readonly Line[] = [
  [
    'policy',
    /unauthenticated senders|not rfc \d+ compliant|multiple \w+ headers|authentication (?:is )?(?:required|needed)|auth ?required/i,
  ],
  ['filtered', /was rejected by a remote/i],
  // Who sends: authentication and name.
  [
    'authentication',
    /\bdmarc\b|\bspf\b(?!\.pobox)|\bdkim\b(?!-signature)|domainkeys|unauthenticated (?:e-?mail|message)|sender is unauthenticated|sender policy framework|does not pass .{0,30}verification|authentication information|5\.7\.(?:2[0-46-9]|30|509|515)\b/i,
  ],
  [
    'busy',
    /too many recipients|too many (?:connections|concurrent|sessions|recipients this (?:hour|day)|messages|mails|emails)|connection (?:rate|frequency)|frequency limited|rate limit|ratelimit|throttl|sent to too many|too fast|receiv(?:ing|ed) (?:mail )?at a rate|(?:exceeded|over|reached)[^.]{0,30}(?:rate|hourly|daily|per (?:hour|day|minute))|try again later.{0,20}too many|greylist|grey-list|slow down|too much mail|excessive/i,
  ],
  [
    'reputation',
    /\bptr\b|reverse dns|\brdns\b|no reverse|resolv.{0,30}(?:hostname|client ip)|(?:cannot|could not|unable to|can't) (?:find|resolve|verify).{0,20}(?:your|client|sending|reverse)[^.]{0,20}(?:hostname|host name|ip)|unverifyable sending|forward dns|hostname.{0,20}does not (?:match|resolve)|5\.7\.25\b/i,
  ],
  [
    'reputation',
    /reputation|senderbase|senderscore|blacklist|black-list|block ?list|blocklist|denylist|\brbl\b|\bdnsbl\b|spamhaus|spamcop|barracudacentral|sorbs|\bcbl\b|listed (?:in|at|on|by)|user complaints|unexpected volume|spamming|spam source|open relay|dynamic ip|\bip\b.{0,30}(?:blocked|banned|denied|rejected|not allowed|not permitted)|(?:blocked|banned|bad|denied).{0,20}\bip\b|client host.{0,40}(?:rejected|blocked|denied)|please use (?:the smtp|your isp)|access (?:from|denied).{0,20}(?:ip|your (?:host|network))|connections? (?:from|not accepted|refused|rejected)[^.]{0,40}(?:server|host|ip|net)|refused to talk to me|your (?:host|server|mail server|network|ip)[^.]{0,40}(?:blocked|banned|rejected|reject|refused|not allowed|denied)|mail from .{0,60}\[?\d+\.\d+\.\d+\.\d+\]? (?:rejected|refused|blocked|denied)|not a valid host|too many bad (?:commands|recipients)|\bs3140\b|\bcs01\b/i,
  ],
  // How much and how fast.
  // The mailbox.
  [
    'mailbox_full',
    /over ?-?quota|quota (?:exceed|is full|limit|full)|exceed(?:s|ed|ing)?[^.]{0,40}quota|(?:mailbox|mail box|inbox|mail-?drop|maildrop|account|user|folder|disk|storage|mail folder|mail spool)[^.]{0,30}(?:is |are |has )?(?:currently )?(?:full|exceed|over (?:its|the)|too full|out of space|limit)|full mailbox|too many messages in (?:the )?mail|exceeded[^.]{0,30}(?:storage|mailbox|local limit)|not enough (?:storage|disk) space|insufficient (?:disk|storage)|out of storage|no space left for|storage (?:space|limit)|(?:容量|メールボックス).{0,20}(?:超|一杯|いっぱい)|[45]\.2\.2\b|mailbox size|user's mailbox is full|boite .{0,10}pleine/i,
  ],
  [
    'too_big',
    /(?:message|mail|e-mail|header|body|line)(?:'s)?(?: is| was)? too (?:big|large|long)|(?:message|mail|e-mail|header|body)(?: is| was|'s)?[^.]{0,30}(?:size[^.]{0,20}exceed|exceed[^.]{0,40}(?:size|length|limit))|size limit|maximum (?:message )?size|exceeds? (?:the )?(?:maximum|size|fixed|allowed)[^.]{0,30}(?:size|limit|length)|message length exceeds|line limit|line too long|too large|larger than|max(?:imum)? (?:message|mail) size|5\.3\.4\b|5\.2\.3\b/i,
  ],
  [
    'disabled',
    /(?:account|mailbox|user|recipient|address|mail ?box|e-?mail)[^.]{0,40}(?:disabled|suspend|inactive|deactivat|discontinued|locked|expired|temporarily unavailable due|blocked for|closed|on hold|not active|frozen|terminated|prohibited)|(?:disabled|inactive|suspended|closed|expired) (?:account|mailbox|user|recipient|address)|invalid\/inactive user|[45]\.7\.13\b|[45]\.2\.1 .{0,60}(?:disabled|inactive)|休止|利用停止/i,
  ],
  [
    'moved',
    /(?:has |have |was )?moved (?:to|permanently)|no longer (?:on server|at this|with|works|valid here)|has been replaced|new address|address has changed|change of address|[45]\.1\.6\b/i,
  ],
  // The domain.
  [
    'no_mail',
    /null mx|(?:no|find an?|find any) (?:mx|mail exchanger)|does not accept (?:any )?(?:mail|e-?mail|message)|not accept(?:ing)? (?:any )?(?:mail|e-?mail|messages)\b|no smtp service|system not accepting|host .{0,40}does not receive|no mail server accept|[45]\.3\.2\b|5\.1\.10 .{0,20}null|mail receiving disabled|smtp (?:protocol )?returned a permanent error[^.]*\b521\b|\b(?:521|556)\b[ -]/i,
  ],
  [
    'refused',
    /(?:sender|mail from|from:? address|envelope.?from|return.?path|domain of sender|originat\w+|reverse-?path)[^.]{0,80}(?:reject|denied|deny|refus|invalid|not exist|doesn't exist|does not (?:exist|resolve)|unknown|unroutable|unroute?able|verif|not (?:allowed|accepted|permitted|found|valid)|blocked|illegal|bad|malformed|fqdn|required|must)|unroutable sender|sender (?:address|domain)|bad sender|invalid sender|not allowed to (?:post|send)|not have permission to post|isn't (?:allowed|permitted) to|google groups|not (?:a )?(?:registered )?(?:member|gateway user)|purported responsible|permission to post|only (?:members|subscribers|sender)|unable to verify (?:sender|address)|[45]\.1\.[78]\b|backscatter|sender was rejected|from address/i,
  ],
  [
    'unknown_domain',
    /host (?:or domain name )?(?:unknown|not found|not exist)|unknown host|domain[^.@]{0,40}(?:not (?:found|exist)|does not exist|doesn't exist|unknown|invalid)|no such (?:domain|host)|unroute?able (?:mail )?(?:domain|address)|(?:illegal|invalid|bad) (?:host|domain)|name (?:service|server|lookup) (?:error|fail)|nxdomain|couldn't find any host|could not find (?:a |any )?(?:host|mail ?server|mx)|no (?:a record|dns)|host lookup|bad destination (?:host|system)|destination (?:server|domain) (?:not found|not exist)|all relevant mx records point to non-existent|mx[^.]{0,20}(?:invalid|not found)|dns (?:error|lookup fail|domain)|address family[^.]*not supported|not a local (?:domain|host)|unrouteable mail domain|5\.4\.4\b|5\.1\.2\b|no route to (?:domain|host).*permanent/i,
  ],
  // Content.
  [
    'content',
    /\bvirus|ofr_?506|mcspam|malware|trojan|infected|phish|\bspam\b(?!haus)|spamassassin|spam-like|spam score|unsolicited|junk|suspicious|looks like (?:spam|bulk)|bulk mail|duplicate header|(?:forbidden|blocked|illegal|prohibited|unsafe) (?:content|file|attachment)|attachments? (?:type|extension|blocked|not)|executable|content (?:reject|filter|not|blocked|denied|restrict)|blacklisted (?:url|content|body)|url (?:in|within)[^.]{0,30}(?:block|list|message)|message content|mail appears to be|bad content|5\.6\.\d\b|illegal attach|8bit|unsafe/i,
  ],
  [
    'policy',
    /relay(?:ing)?[^.]{0,20}(?:denied|not|access|prohib)|(?:not|denied|unable|prohibit)[^.]{0,20}relay|unauthori[sz]ed (?:relay|sender)|authentication (?:required|failed|needed|turned)|auth(?:entication)?required|requires? authentication|must (?:issue a )?(?:starttls|authenticate)|tls (?:required|is required|not available)|unauthenticated senders|protocol violation|policy|potential|security|potentially|header error|rfc ?-?[25]\d\d\d|not rfc|multiple addresses in|not (?:compliant|complies)|missing (?:header|date|from|message-id|subject)|header[^.]{0,20}(?:missing|invalid|malformed|required|syntax)|invalid header|bare (?:lf|newline|cr)|access denied|local policy|administrative|prohibit|not permitted|permission denied|\brestrict|unacceptable|5\.7\.[019]\b|improper|banned/i,
  ],
  // The person.
  [
    'unknown_user',
    /(?:user|recipient|mailbox|address|addressee|account|local ?part|mail ?drop|person|login|destinataire|customer|subscriber|alias|name|member|mail box|inbox|email|destination|id)['’"]?s?\b[^.\n]{0,60}(?:unknown|not (?:found|exist|known|listed|here|in|valid|a (?:valid|known)|local|registered|recogni[sz]ed|have)|does ?n[o']?t exist|doesn.t exist|does not exist|doesn't have|invalid|unavailable|no longer|not on this|undeliverable|unrouteable|never logged|has been deleted|removed|nonexistent|non-existent|illegal|cannot be found|could ?n[o']t be found|wasn't found|isn.t|is wrong|rejected: undeliver)|(?:unknown|no such|invalid|bad|illegal|non-?existent|unrouteable|undeliverable|no valid|wrong|undefined|not (?:a )?(?:valid|known|our)|couldn.t find|can.t find|unavailable|missing)[^.\n]{0,25}(?:user|recipient|mailbox|address|addressee|account|local ?part|person|name here|destination|login|customer|subscriber|alias|destinataire|id\b|rcpt)|recip(?:ient)?notfound|recipnotfound|no mailbox|no account|not (?:our|my) (?:customer|user)|nobody here|not listed in|(?:宛先|アドレス).{0,20}(?:見つか|存在|不明|不正|ありません)|[45]\.1\.(?:1|3|10)\b|recipient rejected|rejected recipient|does not like recipient|mailbox unavailable|do(?:es)? not have an? .{0,40}account|user doesn't|there is no one|delivery to this user|isn't (?:a |on )/i,
  ],
  // The way there and the machines.
  [
    'unreachable',
    /time[d ]?-? ?out|expired|(?:queue|trying|been) [^.]{0,20}too long|too old|find a gateway|not deliver for the last|host not found, try again|not accept our requests|socket error|not reachable|not (?:been )?(?:delivered|able to deliver)[^.]{0,30}(?:within|after|for)|retry time|could not (?:be )?(?:connect|contact|reach)|(?:connect|connection|conversation|contact)[^.\n]{0,40}(?:refused|timed|fail|lost|reset|closed|dropped|broken|error|died)|unable to (?:connect|contact|reach)|unreachable|(?:host|server|remote)[^.\n]{0,30}(?:not respond|down|unavailable|not available|no answer|failing)|no route|network|routing loop|hop count|too many hops|loops? back|mail loop|lost connection|establish an smtp|warning|delayed|still being retried|not respond|undeliverable for|unable to deliver this message after|failing for a long time|4\.4\.\d\b|5\.4\.[1-9]\b|within \d+ (?:day|hour|minute)|retry timeout|for (?:more than|the last|over) \d+ (?:day|hour|minute)|delivery (?:will|attempts) continue/i,
  ],
  [
    'server',
    /(?:local |server |system |internal |configuration |temporary |resource |disk |i\/o |processing |service )(?:error|problem|fail|config|trouble)|out of memory|disk (?:full|error)|no space|can't (?:create|open|write|lock)|cannot (?:create|open|write|lock|append)|unable to (?:create|open|write|lock|process)|no such file|pipe to|procmail|maildrop|command (?:died|failed|unknown|exited)|exit(?:ed)? (?:status|with)|returned (?:an )?error|transaction failed|insufficient (?:system|resource)|loop(?:s|ing)? (?:back|detected|alert)|mailer|program|filter (?:error|fail)|service (?:not available|unavailable)|queue file|unknown mailer|duplicated message-id|bad configuration|4\.3\.\d\b|5\.3\.[05]\b|lmtp|error in processing|child (?:status|crash)/i,
  ],
]

/** The reason some words speak of, or null. */
export function reasonIn(words: string): BounceReason | null {
  const text = words
    .replace(/=\r?\n/g, '')
    // Names in addresses and links speak of nothing.
    .replace(/https?:\/\/\S+/gi, ' ')
    .replace(/[^\s<>"'();:,]+@[\w.-]+/g, 'addr')
    .replace(/\s+/g, ' ')
  return TABLE.find(([, pattern]) => pattern.test(text))?.[0] ?? null
}
