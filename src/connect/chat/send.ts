// Notices into Slack, Teams and Chatwork, through the one client for addresses that somebody has typed.
import type { House } from '#kernel/ctx.ts'
import type { CallAnswer, ChatNotice } from '#loop/orchestrate/perform/ports.ts'
import { answerOf, clientOf, faultOf } from '../egress/webhook.ts'
import { requestOf } from './decide.ts'

/** Sends one notice; see the port. */
export async function sendChat(house: House, notice: ChatNotice): Promise<CallAnswer> {
  try {
    const { status } = await clientOf(house).send({ method: 'POST', ...requestOf(notice, notice.address) })
    return answerOf(status)
  } catch (error) {
    return faultOf(error)
  }
}
