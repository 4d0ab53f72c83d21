// The side column: things to try, the sandbox's world, and what went wrong; as tabs.

import { prefill } from "./composer.js";
import { h, icon, reconcile, signature } from "./dom.js";
import { go, isPhone } from "./route.js";
import { addressOf } from "./sidebar.js";
import { channelOf, person, state, watch } from "./store.js";

// A thing to try that was opened in another person's tab; read before the address bar is tidied.
const wanted = new URLSearchParams(location.search).get("text");
const TABS = ["tries", "world", "problems"];

/** Start the column. */
export function startSide() {
  for (const name of TABS) {
    const tab = document.getElementById(`tab-${name}`);
    tab.addEventListener("click", () => go({ side: name, ...(isPhone() ? { view: "side" } : {}) }, { replace: true }));
    tab.addEventListener("keydown", onArrow);
  }
  watch("route notices", drawTabs);
  watch("tries people channels", drawTries);
  if (wanted) queueMicrotask(() => prefill(wanted, state.tries.find((one) => one.text === wanted)?.file));
}

function onArrow(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const tabs = TABS.map((name) => document.getElementById(`tab-${name}`)).filter((tab) => !tab.hidden);
  const next = tabs[(tabs.indexOf(event.currentTarget) + step + tabs.length) % tabs.length];
  next.focus();
  next.click();
}

function drawTabs() {
  for (const name of TABS) {
    const on = state.route.side === name;
    const tab = document.getElementById(`tab-${name}`);
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    document.getElementById(`panel-${name}`).hidden = !on;
  }
  const problems = state.refusals.length + state.failures.length;
  const count = document.getElementById("problem-count");
  count.textContent = problems || "";
  count.hidden = !problems;
}

function drawTries() {
  const mine = state.tries.filter((one) => !one.person || one.person === state.me.id);
  const others = state.tries.filter((one) => one.person && one.person !== state.me.id);
  const items = [...mine.map((one) => item(one, true)), ...(others.length ? [{ key: "others", sig: "others", make: () => h("h4.tries-others", {}, "As somebody else") }] : []), ...others.map((one) => item(one, false))];
  reconcile(document.getElementById("tries"), items);
}

const item = (one, mine) => ({ key: one.title, sig: signature([one, mine, state.me.id]), make: () => (mine ? own(one) : foreign(one)) });

function own(one) {
  const run = () => {
    go({ channel: one.channel ?? state.route.channel, thread: null, view: "channel", tab: "messages" });
    queueMicrotask(() => prefill(one.text, one.file));
  };
  return h("button.try", { type: "button", data: { try: one.title }, on: { click: run } }, contents(one, `in #${channelOf(one.channel)?.name ?? one.channel}`));
}

// Another person's turn: it opens in their own tab, with the text ready in the composer.
function foreign(one) {
  const href = addressOf(one.person, { channel: one.channel, text: one.text });
  return h("a.try", { href, target: "_blank", rel: "noopener", data: { try: one.title } }, contents(one, `as ${person(one.person)?.name ?? one.person}, in a new tab`, icon("out")));
}

const contents = (one, where, sign = null) => [h("span.try-title", {}, one.title, sign), h("span.try-text", {}, one.text, one.file && ` + ${one.file.name}`), h("span.try-note", {}, one.note, " ", h("span.try-where", {}, where))];
