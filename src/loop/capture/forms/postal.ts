// Seven digits of a postal code fill in the address of a form: the answer for browsers, and the few lines that ask for it on the hosted page.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { addressOf } from '#loop/identify/fields/postal.ts'
import type { FormSpec } from './contract.ts'

/** How browsers call the parts of an address; fields are found by it. */
export const ADDRESS_AUTOFILL: Readonly<Record<string, string>> = {
  postalCode: 'postal-code',
  prefecture: 'address-level1',
  city: 'address-level2',
  address: 'address-line1',
  building: 'address-line2',
}

/** Does this form ask for a postal code? */
export const asksPostal = (spec: Pick<FormSpec, 'fields'>): boolean => spec.fields.some((field) => field.key === 'postalCode')

/** GET /f/postal/:code → `{ "address-level1": …, "address-level2": …, "address-line1": … }`; 404 with nothing when no address has it. Public data. */
export async function answerPostal(request: FastifyRequest<{ Params: { code: string } }>, reply: FastifyReply): Promise<FastifyReply> {
  const found = await addressOf(request.params.code.slice(0, 20))
  if (!found) return reply.code(404).send()
  const parts = { 'address-level1': found.prefecture, 'address-level2': found.city, 'address-line1': found.address }
  return reply.header('cache-control', 'public, max-age=86400').type('application/json; charset=utf-8').send(JSON.stringify(parts))
}

/** Runs on the hosted page. What somebody typed themselves is left alone. */
export const POSTAL_SCRIPT = `(()=>{const f=document.querySelector('form.hgk'),p=f&&f.querySelector('[autocomplete=postal-code]');if(!p)return;const o={};
p.addEventListener('input',()=>{const d=p.value.normalize('NFKC').replace(/\\D/g,'');if(d.length!==7)return;const r=new XMLHttpRequest();r.open('GET','/f/postal/'+d);r.onload=()=>{if(r.status!==200)return;
for(const[k,v]of Object.entries(JSON.parse(r.responseText))){const e=f.querySelector('[autocomplete='+k+']');if(e&&(!e.value||e.value===o[k])){e.value=v;o[k]=e.value}}};r.send()})})()`
