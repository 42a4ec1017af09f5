import { z } from 'zod'
import { done, endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'

/** A picture as it is sent by whoever uploads it. */
export const LARGEST_IMAGE = 10_000_000

export const mailImage = z.object({
  id: uuid,
  name: z.string(),
  url: z.string().meta({ description: 'where every receiver of a mail finds it' }),
  small: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  bytes: z.number().int(),
  createdAt: instant,
})
export type MailImage = z.infer<typeof mailImage>

/** Beside these: `POST /api/mail-images/upload?name=…` with the picture as the body, and `GET /m/<token>.<kind>` for everybody. */
export const mailImagesContract = {
  list: endpoint({
    method: 'GET',
    path: '/mail-images',
    permission: 'templates.read',
    summary: 'Pictures for mails, newest first',
    input: z.object({ ...pageQuery }),
    output: page(mailImage),
  }),
  remove: endpoint({
    method: 'DELETE',
    path: '/mail-images/{id}',
    permission: 'templates.write',
    summary: 'Take a picture out of the choice; mails that show it keep it',
    input: z.object({ id: uuid }),
    output: done,
  }),
}
