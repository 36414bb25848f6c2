// Tickets for what is to be done once: Rust does it once for a ticket, however often it comes.
// Not in it: what is done.

/**
 * Tickets of this page and of no other: what was on its way when the page before was reloaded comes once more, and is known by its ticket.
 * Random above, counted below, and exact as a number: below 2^53.
 */
const COUNTED = 2 ** 20;
const PAGE = (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) * COUNTED;
let tickets = 0;

export function newTicket(): number {
  tickets = (tickets + 1) % COUNTED;
  return PAGE + tickets;
}
