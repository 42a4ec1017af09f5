// How mail looks and may leave, in the set-up. The way out (server, user, password, DKIM keys) belongs to the installation and stays.
import { type SettingsPage, settingsPart } from '#kernel/setup.ts'
import { readRules, setRules } from './newsletter/approval.ts'
import { newsletterRules } from './newsletter/contract.ts'
import { mailSettings } from './sender/contract.ts'
import { readMail, saveMail } from './sender/settings.ts'
import { brand } from './template/kit/contract.ts'
import { get as kit, setColours } from './template/kit/service.ts'

const sender = mailSettings.pick({
  fromName: true,
  fromEmail: true,
  replyTo: true,
  ownerAsSender: true,
  bounceDomain: true,
  language: true,
  charset: true,
  connections: true,
  perMinute: true,
  perGroup: true,
  rampFirst: true,
})

const PAGES: Readonly<Record<string, SettingsPage>> = {
  sender: {
    read: async (ctx) => sender.parse(await readMail(ctx)),
    write: async (ctx, value) => {
      const { password: _password, standIns, ...before } = await readMail(ctx)
      const others = standIns.map(({ password: _sealed, ...one }) => one)
      await saveMail(ctx, { ...before, standIns: others, ...sender.parse(value) })
    },
  },
  newsletters: { read: readRules, write: (ctx, value) => setRules(ctx, newsletterRules.parse(value)) },
  colours: {
    read: async (ctx) => ({ colours: (await kit(ctx)).colours }),
    write: (ctx, value) => setColours(ctx, brand.parse(value)),
  },
}

/** Sender and pace, rules of newsletters, the company's colours: one file each. */
export const mailSetup = settingsPart('mail', PAGES)
