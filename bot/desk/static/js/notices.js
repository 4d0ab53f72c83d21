// What must be noticed: short toasts, Slack's refusals, failed deliveries, a broken line, and words for screen readers.

import { h, icon, iconButton, reconcile, signature } from "./dom.js";
import { channelOf, changed, state, watch } from "./store.js";
import { clock } from "./time.js";

const TOAST_MS = 6000;

/** A short message at the foot of the screen. `kind`: "note", "error" or "points". */
export function say(text, kind = "note") {
  const toast = h("div.toast", { class: `toast-${kind}` }, h("span", {}, text), iconButton("close", "Dismiss", () => toast.remove()));
  const shelf = document.getElementById("toasts");
  while (shelf.children.length >= 4) shelf.firstElementChild.remove();
  shelf.append(toast);
  raise(shelf);
  setTimeout(() => toast.remove(), kind === "error" ? TOAST_MS * 2 : TOAST_MS);
}

/** Tell a screen reader, without showing anything. */
export function announce(text) {
  const region = document.getElementById("announcer");
  const line = h("p", {}, text);
  region.append(line);
  setTimeout(() => line.remove(), 10_000);
}

let dismissed = 0;

/** Start drawing refusals, failures and the state of the line. */
export function startNotices() {
  watch("notices", drawRefusals);
  watch("notices route", drawList);
  watch("link", drawLink);
}

/** What was already there when the page opened is history: listed, not shouted. */
export function settleNotices() {
  dismissed = state.refusals.length;
  changed("notices");
}

// The red panel over the page: the newest refusal nobody has put away.
function drawRefusals() {
  const panel = document.getElementById("refusal");
  const waiting = state.refusals.slice(dismissed);
  if (!waiting.length) {
    panel.hidePopover();
    panel.replaceChildren();
    return;
  }
  const latest = waiting.at(-1);
  const close = () => {
    dismissed = state.refusals.length;
    changed("notices");
  };
  const more = waiting.length > 1 ? h("span.refusal-count", {}, `${waiting.length} refusals, the newest shown`) : null;
  panel.replaceChildren(h("div.refusal-bar", {}, icon("warn"), h("h2", {}, "Slack would refuse this"), more, iconButton("close", "Put the refusal away", close)), refusalBody(latest));
  raise(panel);
}

// Popovers stand in the browser's top layer: shown anew, they lie over a modal that opened meanwhile.
function raise(node) {
  if (node.matches(":popover-open")) node.hidePopover();
  node.showPopover();
}

function refusalBody(refusal) {
  const found = (refusal.messages ?? []).map(split);
  return h(
    "div.refusal-body",
    {},
    h("p.refusal-what", {}, h("code", {}, refusal.method), " answered ", h("strong", {}, refusal.error)),
    h("ul.refusal-messages", {}, found.map(({ text, pointer }) => h("li", {}, text, pointer && [" ", h("code.pointer", {}, pointer)]))),
    h("details", { open: true }, h("summary", {}, "What was sent"), h("pre.json", { tabindex: "0" }, json(refusal.payload, "", new Set(found.map((one) => one.pointer).filter(Boolean))))),
  );
}

function split(message) {
  const match = /^(.*?)\s*\[json-pointer:([^\]]*)\]\s*$/s.exec(message);
  return match ? { text: match[1], pointer: match[2] } : { text: message, pointer: null };
}

// JSON with the pointed-at values marked; a Slack payload may hold JSON in strings, which is opened too.
function json(value, path, marked, depth = 0) {
  const pad = "  ".repeat(depth);
  const opened = typeof value === "string" && /^\s*[[{]/.test(value) ? tryParse(value) : value;
  let node;
  if (opened !== null && typeof opened === "object") {
    const list = Array.isArray(opened);
    const entries = Object.entries(opened);
    const inner = entries.flatMap(([key, one], n) => [`${pad}  `, list ? "" : h("span.json-key", {}, `${JSON.stringify(key)}: `), json(one, `${path}/${key}`, marked, depth + 1), n < entries.length - 1 ? ",\n" : "\n"]);
    node = h("span", {}, list ? "[" : "{", entries.length ? ["\n", inner, pad] : "", list ? "]" : "}");
  } else {
    const text = JSON.stringify(opened ?? null);
    node = h("span.json-value", {}, text.length > 400 ? `${text.slice(0, 400)}… (${text.length} characters)` : text);
  }
  if (marked.has(path)) node.classList.add("json-marked");
  return node;
}

function tryParse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

// The "Problems" list in the side panel: refusals and failed deliveries, newest first.
function drawList() {
  const list = document.getElementById("problems");
  const refusals = state.refusals.map((refusal, n) => ({ at: refusal.at, key: `r${n}`, sig: signature(refusal), make: () => refusalItem(refusal) }));
  const failures = state.failures.map((failure, n) => ({ at: failure.at, key: `f${n}`, sig: signature(failure), make: () => failureItem(failure) }));
  const all = [...refusals, ...failures].sort((a, b) => moment(b.at) - moment(a.at));
  reconcile(list, all.length ? all : [{ key: "none", sig: "none", make: () => h("p.empty", {}, "Nothing was refused and every delivery arrived.") }]);
}

const moment = (at) => (typeof at === "number" ? at * (at < 1e12 ? 1000 : 1) : Date.parse(at) || Number.parseFloat(at) * 1000 || 0);
const when = (at) => (moment(at) ? h("time.stamp", {}, clock(new Date(moment(at)))) : null);

function refusalItem(refusal) {
  return h("details.problem.problem-refusal", {}, h("summary", {}, h("span", {}, h("strong", {}, "Refused: "), h("code", {}, refusal.method), ` ${refusal.error}`), when(refusal.at)), refusalBody(refusal));
}

function failureItem(failure) {
  const place = channelOf(failure.channel)?.name;
  return h("div.problem.problem-failure", {}, h("p", {}, h("strong", {}, "Not delivered: "), failure.message ?? failure.reason), h("p.muted", {}, [failure.what, place && `#${place}`, failure.attempt && `attempt ${failure.attempt}`].filter(Boolean).join(" · "), " ", when(failure.at)));
}

function drawLink() {
  const bar = document.getElementById("link-state");
  const text = !state.online ? "The desk does not answer. Trying again …" : state.delivery?.connected === false ? `${state.bot?.name ?? "The app"} is not connected: messages wait until it is.` : "";
  bar.hidden = !text;
  bar.textContent = text;
}
