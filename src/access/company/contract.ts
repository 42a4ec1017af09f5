import { z } from 'zod'
import { endpoint } from '#kernel/endpoint.ts'

const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/
const line = (max: number) => z.string().trim().max(max)

/** A day that exists in the calendar. */
const day = z
  .string()
  .regex(DAY)
  .refine((text) => new Date(`${text}T00:00:00Z`).toISOString().startsWith(text), 'no such day')

/**
 * Who we are: the legal sender block of every mail (特定電子メール法 art. 4: name, address, contact), the sender that mails
 * carry, and the days and hours we work.
 */
export const companyProfile = z.object({
  legalName: line(200),
  postalCode: line(20),
  address: line(500),
  phone: line(50),
  contactEmail: z.union([z.literal(''), z.email().max(254)]),
  website: z.union([z.literal(''), z.url({ protocol: /^https?$/ }).max(500)]),
  senderName: line(100),
  senderEmail: z.union([z.literal(''), z.email().max(254)]),
  timeZone: z.string().min(1).max(60),
  weekdays: z.array(z.number().int().min(0).max(6)).min(1).max(7).describe('Working days, 0 Sunday to 6 Saturday'),
  opensAt: z.string().regex(TIME),
  closesAt: z.string().regex(TIME),
  holidaysOff: z.boolean().describe('National holidays are days off'),
  closedDays: z.array(day).max(400).describe('Further days on which the company is closed'),
  fiscalYearStartMonth: z.number().int().min(1).max(12),
})
export type CompanyProfile = z.infer<typeof companyProfile>

/** What stands before anybody has filled the profile in. */
export const EMPTY_COMPANY: CompanyProfile = {
  legalName: '',
  postalCode: '',
  address: '',
  phone: '',
  contactEmail: '',
  website: '',
  senderName: '',
  senderEmail: '',
  timeZone: 'Asia/Tokyo',
  weekdays: [1, 2, 3, 4, 5],
  opensAt: '09:00',
  closesAt: '18:00',
  holidaysOff: true,
  closedDays: [],
  fiscalYearStartMonth: 4,
}

/** What the law wants to stand in every advertising mail and is still empty. */
export const LEGAL_FIELDS = ['legalName', 'address', 'contactEmail'] as const

export const companyContract = {
  read: endpoint({
    method: 'GET',
    path: '/company',
    permission: 'settings.read',
    summary: 'The company profile, and which of its fields the legal sender block still lacks',
    input: z.object({}),
    output: companyProfile.extend({ missing: z.array(z.enum(LEGAL_FIELDS)), calendarWarning: z.string().nullable() }),
  }),
  update: endpoint({
    method: 'PATCH',
    path: '/company',
    permission: 'settings.write',
    summary: 'Change the company profile; fields that are left out stay',
    input: companyProfile.partial(),
    output: companyProfile,
  }),
}
