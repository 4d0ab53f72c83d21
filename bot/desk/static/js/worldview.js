// The sandbox's world as plain values: what changed between two looks, the latest ledger rows. No DOM, no network.

/** Every customer with a stable key: {key, store, ...customer}. */
export const customers = (world) => (world?.stores ?? []).flatMap((store) => store.customers.map((one) => ({ key: `${store.id}/${one.name}`, store: store.name, ...one })));

/**
 * What moved from one look to the next: [{key, name, side: "register"|"provider", from, to}]. Points only; null is
 * "nothing there".
 */
export function moved(before, after) {
  const old = new Map(customers(before).map((one) => [one.key, one]));
  return customers(after).flatMap((one) => {
    const was = old.get(one.key);
    if (!was) return [];
    return SIDES.filter(({ field }) => was[field] !== one[field]).map(({ side, field }) => ({ key: one.key, name: one.name, side, from: was[field], to: one[field] }));
  });
}

export const SIDES = [
  { side: "register", field: "pos_says" },
  { side: "provider", field: "provider_says" },
];

/** The newest ledger rows of all customers: [{id, name, at, type, points, note}], newest first. */
export function latest(world, count = 6) {
  const rows = customers(world).flatMap((one) => one.provider.flatMap((contact) => contact.ledger.map((row, n) => ({ id: `${contact.id}/${row.at}/${n}`, name: one.name, ...row }))));
  return rows.sort((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, count);
}

/** Points as people read them: "1,250", "–" for nothing. */
export const points = (value) => (value === null || value === undefined ? "–" : Number(value).toLocaleString(undefined, { maximumFractionDigits: 2 }));

/** "+50", "−20". */
export const signed = (value) => `${value < 0 ? "−" : "+"}${points(Math.abs(value))}`;

/** "303-555-0142" of ten digits or E.164; anything else as it is. */
export function phone(text) {
  const match = /^(?:\+?1)?(\d{3})(\d{3})(\d{4})$/.exec(text ?? "");
  return match ? match.slice(1).join("-") : (text ?? "no phone");
}

/** Whether a customer answers a search for a name, digits of a phone, or an e-mail. */
export function matches(customer, wanted) {
  const words = wanted.trim().toLowerCase();
  if (!words) return true;
  const all = [customer.name, ...customer.pos.flatMap((p) => [p.phone, p.email, p.id]), ...customer.provider.flatMap((c) => [c.phone, c.email, c.id])];
  const digits = words.replace(/\D/g, "");
  return all.some((one) => String(one ?? "").toLowerCase().includes(words)) || (digits.length >= 3 && all.some((one) => String(one ?? "").replace(/\D/g, "").includes(digits)));
}
