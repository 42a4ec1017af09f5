// Webhooks as Standard Webhooks has them (standardwebhooks.com): id, timestamp and body signed together.
import { createHmac } from 'node:crypto'
import type { House } from '#kernel/ctx.ts'
import type { WebhookAnswer, WebhookCall, WebhookPort } from '#loop/orchestrate/perform/webhook.ts'
import { type Egress, EgressRefused, makeEgress } from './client.ts'

const clients = new WeakMap<House, Egress>()

/** The house's client for addresses that somebody has typed. */
export function clientOf(house: House): Egress {
  const found = clients.get(house) ?? makeEgress({ allow: house.egressAllow })
  clients.set(house, found)
  return found
}

/** Sends one webhook of a scenario; see the port. */
export const sendWebhook: WebhookPort = async (house, call) => {
  try {
    const { status } = await clientOf(house).send({ method: 'POST', url: call.url, headers: headersOf(house, call), body: call.body })
    return answerOf(status)
  } catch (error) {
    return faultOf(error)
  }
}

/** A forbidden address will not get better; a network that fails may. */
export function faultOf(error: unknown): WebhookAnswer {
  if (error instanceof EgressRefused) return { kind: 'refused', reason: error.message }
  return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) }
}

function headersOf(house: House, call: WebhookCall): Record<string, string> {
  const timestamp = String(Math.floor(house.clock.now().getTime() / 1_000))
  return {
    'content-type': 'application/json',
    'webhook-id': call.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature(house.secret('webhook'), call.id, timestamp, call.body)}`,
  }
}

/** HMAC-SHA256 over `id.timestamp.body`, in base64. */
export function signature(secret: Buffer, id: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')
}

/** 2xx is taken; time-outs, too many requests and faults of the receiver are repeated; all else will not get better. */
export function answerOf(status: number): WebhookAnswer {
  if (status >= 200 && status < 300) return { kind: 'taken', status }
  if (status >= 500 || status === 408 || status === 425 || status === 429) return { kind: 'failed', reason: `status ${status}` }
  return { kind: 'refused', reason: status >= 300 && status < 400 ? `a redirect (${status}) is not followed` : `status ${status}` }
}
