// The sandbox's world beside the conversation: balances that light up when they change, the clock, faults, reset.

import { api } from "./api.js";
import { asked } from "./confirm.js";
import { h, reconcile, signature } from "./dom.js";
import { announce, say } from "./notices.js";
import { changed, state, watch } from "./store.js";
import { short } from "./time.js";
import { customers, latest, matches, moved, phone, points, SIDES, signed } from "./worldview.js";

const LIT_MS = 9000;
const POLL_MS = 4000;
const SETTLE_MS = 250;

const FAULTS = [
  { id: "provider_down", label: "Provider down", note: "Alpine IQ answers 503", fault: { kind: "status", vendor: "alpineiq", code: 503 } },
  { id: "pos_down", label: "Register down", note: "Dutchie answers 502", fault: { kind: "status", vendor: "dutchie", code: 502 } },
  { id: "slow", label: "Provider slow", note: "Alpine IQ takes 4 seconds", fault: { kind: "latency", vendor: "alpineiq", seconds: 4 } },
  { id: "garbage", label: "Garbage", note: "Alpine IQ answers with nonsense", fault: { kind: "garbage", vendor: "alpineiq" } },
  { id: "lost", label: "Answer lost", note: "The next write happens, but its answer never comes", fault: { kind: "cut_after", vendor: "alpineiq", writes_only: true, times: 1 } },
];

const lit = new Map(); // customer key -> {until, changes}
let due = null;
let loading = false;

/** Start the panel; without a sandbox it stays hidden. */
export function startWorld() {
  watch("world people", draw);
  watch("world-due messages", refreshSoon);
  document.getElementById("world-search").addEventListener("input", draw);
  for (const button of document.querySelectorAll("[data-minutes]")) button.addEventListener("click", () => act("clock", { minutes: Number(button.dataset.minutes) }));
  document.getElementById("world-reset").addEventListener("click", reset);
  document.getElementById("faults").append(...FAULTS.map(toggle));
  setInterval(() => document.visibilityState === "visible" && refresh(), POLL_MS);
  refresh();
}

function toggle(preset) {
  const button = h("button.fault", { type: "button", "aria-pressed": "false", title: preset.note, data: { fault: preset.id }, on: { click: () => flip(preset) } }, preset.label);
  return button;
}

const isOn = ({ fault }) => (state.world?.faults ?? []).some((one) => Object.entries(fault).every(([key, value]) => key === "times" || one[key] === value));

// The sandbox clears all faults at once; those that stay are switched on again.
async function flip(preset) {
  const rest = FAULTS.filter((one) => one !== preset && isOn(one));
  if (isOn(preset)) {
    await act("faults/clear", {});
    for (const one of rest) await act("fault", one.fault);
  } else {
    await act("fault", preset.fault);
  }
}

async function reset(event) {
  event.currentTarget.blur();
  const sure = await asked({ title: { text: "Reset the world?" }, text: { type: "plain_text", text: "Every customer goes back to the first moment. Messages stay." }, confirm: { text: "Reset" }, deny: { text: "Keep it" }, style: "danger" });
  if (sure) await act("reset", {});
}

async function act(verb, body) {
  try {
    await api.worldDo(verb, body);
  } catch (error) {
    say(error.message, "error");
  }
  await refresh();
}

function refreshSoon() {
  clearTimeout(due);
  due = setTimeout(refresh, SETTLE_MS);
}

async function refresh() {
  if (!state.hasWorld || loading || !state.online) return;
  loading = true;
  try {
    const world = await api.world();
    const before = state.world;
    state.world = world;
    if (before && before.version !== world.version) notice(moved(before, world));
    if (!before || before.version !== world.version || minute(before) !== minute(world)) changed("world");
  } catch (error) {
    if (error.status === 404) {
      state.hasWorld = false;
      changed("world");
    }
  } finally {
    loading = false;
  }
}

const minute = (world) => String(world.now).slice(0, 16);

function notice(changes) {
  for (const change of changes) {
    lit.set(change.key, { until: Date.now() + LIT_MS, changes: [...(lit.get(change.key)?.changes ?? []).filter((one) => one.side !== change.side), change] });
    const side = change.side === "register" ? "the register shows" : "the provider holds";
    announce(`${change.name}: ${side} ${points(change.to)}, before ${points(change.from)}`);
  }
  const shown = state.route.side === "world" && document.getElementById("side").offsetParent !== null;
  const told = changes.filter((one, n) => changes.findIndex((other) => other.key === one.key) === n);
  if (!shown && told.length <= 3) for (const one of told) say(`${one.name}: ${points(one.from)} → ${points(one.to)} points`, "points");
  if (changes.length) {
    setTimeout(() => changed("world"), LIT_MS + 50);
    queueMicrotask(() => requestAnimationFrame(() => document.querySelector(".customer.lit")?.scrollIntoView({ block: "nearest", behavior: "smooth" })));
  }
}

function draw() {
  document.getElementById("world").classList.toggle("absent", !state.hasWorld);
  document.getElementById("tab-world").hidden = !state.hasWorld;
  const world = state.world;
  if (!world) return;
  document.getElementById("world-now").textContent = short(new Date(world.now));
  for (const preset of FAULTS) document.querySelector(`[data-fault="${preset.id}"]`).setAttribute("aria-pressed", String(isOn(preset)));
  const wanted = document.getElementById("world-search").value;
  const now = Date.now();
  for (const [key, { until }] of lit) if (until < now) lit.delete(key);
  const shown = customers(world).filter((one) => matches(one, wanted));
  const items = shown.flatMap((one, n) => [...(shown[n - 1]?.store === one.store ? [] : [heading(one.store)]), { key: one.key, sig: signature([one, lit.get(one.key)?.changes]), make: () => card(one) }]);
  reconcile(document.getElementById("customers"), items.length ? items : [{ key: "none", sig: wanted, make: () => h("p.empty", {}, `Nobody matches “${wanted}”.`) }]);
  reconcile(document.getElementById("ledger"), latest(world).map((row) => ({ key: row.id, sig: signature(row), make: () => ledgerRow(row, row.name) })));
}

const heading = (name) => ({ key: `store ${name}`, sig: name, make: () => h("h4.store-name", {}, name) });
const opened = new Set();

function card(one) {
  const now = lit.get(one.key);
  const differ = one.pos_says !== one.provider_says;
  const details = h("details.customer-more", { open: opened.has(one.key) }, h("summary", {}, "Records"), records(one));
  details.addEventListener("toggle", () => (details.open ? opened.add(one.key) : opened.delete(one.key)));
  return h(
    "article.customer",
    { class: [now && "lit", differ && "differ"].filter(Boolean).join(" "), data: { customer: one.name } },
    h("header.customer-head", {}, h("h5", {}, one.name), h("span.muted", {}, phone(one.phone))),
    h("dl.balances", {}, SIDES.map(({ side, field }) => balance(side, one[field], now?.changes.find((change) => change.side === side)))),
    details,
  );
}

function balance(side, value, change) {
  const delta = change && h("span.delta", {}, change.from === null || change.to === null ? `was ${points(change.from)}` : signed(change.to - change.from));
  return h("div.balance", { class: change ? "balance-changed" : "", data: { side } }, h("dt", {}, side === "register" ? "Register shows" : "Provider holds"), h("dd", {}, h("span.balance-points", {}, points(value)), delta));
}

function records(one) {
  const pos = one.pos.map((p) => h("li", {}, h("strong", {}, `Register ${p.id}`), h("span", {}, phone(p.phone)), h("span", {}, p.email ?? "no e-mail"), h("span", {}, p.merged_into ? `merged into ${p.merged_into}` : p.status), h("span", {}, p.is_loyalty_member ? "loyalty member" : "no member tag")));
  const provider = one.provider.map((c) => h("li", {}, h("strong", {}, `Provider ${c.id}`), h("span", {}, phone(c.phone)), h("span", {}, c.email ?? "no e-mail"), h("span", {}, `${points(c.points)} points${c.hidden ? ", hidden" : ""}`), h("span", {}, c.member ? (c.source_id ? `register id ${c.source_id}` : "no register id") : "contact, not a member")));
  const ledger = one.provider.flatMap((c) => c.ledger).sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  const sales = [...one.sales].reverse().map((s) => h("li.row", {}, h("span", {}, `Sale ${s.id}`, h("span.muted", {}, ` ${short(new Date(s.at))}`)), h("span", {}, `$${Number(s.total).toFixed(2)}${s.voided ? ", voided" : ""}${s.posted ? "" : ", not posted"}`)));
  return h("div.records", {}, h("ul.sides", {}, pos, provider), ledger.length > 0 && [h("h6", {}, "Ledger"), h("ul.rows", {}, ledger.map((row) => ledgerRow(row)))], sales.length > 0 && [h("h6", {}, "Sales"), h("ul.rows", {}, sales)]);
}

function ledgerRow(row, name = null) {
  return h("li.row", {}, h("span", {}, name && h("strong", {}, `${name} `), h("span", {}, row.note || row.type), h("span.muted", {}, ` ${short(new Date(row.at))}`)), h("span.row-points", { class: row.points < 0 ? "minus" : row.points > 0 ? "plus" : "" }, signed(row.points)));
}
