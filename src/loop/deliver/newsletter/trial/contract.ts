// A test of two: what is tried, with how many, and what came of it. Browser-safe.
import { z } from 'zod'
import { instant, uuid } from '#kernel/endpoint.ts'

export const TRIAL_KINDS = ['subject', 'sender', 'body', 'time'] as const
export const TRIAL_GOALS = ['click', 'conversion', 'open'] as const

/** A is the newsletter as it stands; B differs in one thing. */
export const trial = z
  .object({
    on: z.enum(TRIAL_KINDS),
    subject: z.string().trim().min(1).max(300).optional(),
    senderName: z.string().trim().min(1).max(100).optional(),
    templateId: uuid.optional(),
    sendAt: instant.optional().describe('When B goes out; another hour, or another weekday'),
    share: z
      .number()
      .int()
      .min(2)
      .max(100)
      .default(20)
      .describe('Percent of the audience it is tried with, half each; 100: nobody waits for the winner'),
    minimum: z.number().int().min(10).max(1_000_000).default(200).describe('People of each half before anything is decided'),
    goal: z.enum(TRIAL_GOALS).default('click').describe('What decides; opens cannot be told well from machines and are a poor judge'),
    hours: z.number().int().min(1).max(168).default(24).describe('At the latest so many hours after sending it is decided'),
  })
  .refine((one) => NEEDS[one.on](one), { message: 'B needs what it differs in.' })
export type Trial = z.output<typeof trial>

const NEEDS: Readonly<Record<(typeof TRIAL_KINDS)[number], (one: Readonly<Record<string, unknown>>) => boolean>> = {
  subject: (one) => one['subject'] !== undefined,
  sender: (one) => one['senderName'] !== undefined,
  body: (one) => one['templateId'] !== undefined,
  time: (one) => one['sendAt'] !== undefined,
}

const arm = z.object({ people: z.number().int(), reached: z.number().int() })

/** `none`: no difference was shown · `few`: too few people to say anything. In both cases A went to the others. */
export const trialResult = z.object({
  verdict: z.enum(['a', 'b', 'none', 'few']),
  goes: z.enum(['a', 'b']),
  at: instant,
  evidence: z.number().describe('How many times likelier the clicks are under a difference than under none; from 20 on it is decided'),
  a: arm,
  b: arm,
})
export type TrialResult = z.output<typeof trialResult>
