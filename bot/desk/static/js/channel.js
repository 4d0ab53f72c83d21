// The channel pane and the thread pane: headings, message lists that never jump, and what the bot is doing.

import { openHome } from "./home.js";
import { h, reconcile } from "./dom.js";
import { messageItem, statusText } from "./message.js";
import { go, isPhone } from "./route.js";
import { channelOf, isBot, markRead, state, statusOf, threadOf, topLevel, unread, watch } from "./store.js";
import { day, fromTs } from "./time.js";

const GROUP_S = 300;
const NEAR_END_PX = 80;
const MARGIN_PX = 8;
const byId = (id) => document.getElementById(id);

/** Start both panes. */
export function startChannel() {
  keepEnd(byId("messages-scroll"), byId("messages"), byId("newer"));
  keepEnd(byId("thread-scroll"), byId("thread-messages"), byId("thread-newer"));
  watch("messages route channels people", draw);
  byId("tab-messages").addEventListener("click", () => go({ tab: "messages" }));
  byId("tab-home").addEventListener("click", () => go({ tab: "home" }));
  byId("thread-close").addEventListener("click", () => go({ thread: null, view: "channel" }));
  addEventListener("focus", () => document.visibilityState === "visible" && draw());
}

function draw() {
  const { channel: id, thread } = state.route;
  const channel = channelOf(id);
  if (!channel) return;
  drawHead(channel);
  drawList(channel);
  drawThread(channel, thread);
  const { view, tab } = state.route;
  const seen = document.visibilityState === "visible" && tab === "messages" && (!isPhone() || view === "channel" || view === "thread");
  if (seen && unread(id).count) markRead(id);
}

function drawHead(channel) {
  byId("channel-name").textContent = channel.is_im ? channel.name : `${channel.private ? "" : "#"}${channel.name}`;
  byId("channel-lock").toggleAttribute("hidden", !channel.private || channel.is_im); // SVG has no `hidden` property
  const people = channel.is_im ? "Direct messages and the app's home" : `${channel.members.length} members${channel.bot_in === false ? ` · ${state.bot?.name} is not here` : ""}`;
  byId("channel-note").textContent = channel.topic || people;
  const home = channel.is_im && state.route.tab === "home";
  byId("channel-tabs").hidden = !channel.is_im;
  byId("tab-home").setAttribute("aria-selected", String(home));
  byId("tab-messages").setAttribute("aria-selected", String(!home));
  byId("home").hidden = !home;
  byId("messages-scroll").hidden = home;
  byId("composer").hidden = home;
  byId("channel-status").hidden = home;
  if (channel.is_im) openHome(home ? "home" : "messages");
}

function drawList(channel) {
  const list = byId("messages");
  const messages = topLevel(channel.id);
  const items = [];
  let last = null;
  for (const message of messages) {
    if (!last || day(fromTs(last.ts)) !== day(fromTs(message.ts))) {
      const label = day(fromTs(message.ts));
      items.push({ key: `day-${label}`, sig: label, make: () => h("div.day", { role: "separator" }, h("span", {}, label)) });
      last = null;
    }
    const replies = threadOf(channel.id, message.ts).slice(1);
    items.push(messageItem(message, { compact: groups(last, message), replies }));
    last = message;
  }
  if (!items.length) items.push({ key: "empty", sig: channel.id, make: () => h("p.empty", {}, channel.is_im ? `Ask ${channel.name} anything about points, right here.` : "Nothing here yet. Say hello, or press one of the things to try.") });
  if (list.dataset.channel !== channel.id) list.replaceChildren();
  list.dataset.channel = channel.id;
  reconcile(list, items);
  const working = channel.is_im && [...state.statuses.values()].find((one) => one.channel === channel.id);
  showStatus(byId("channel-status"), working);
}

// What the app says always stands under its name: cards are things of their own, and may be edited.
const groups = (last, message) => Boolean(last) && !isBot(message) && last.user === message.user && !last.ephemeral_to && !message.ephemeral_to && !last.reply_count && Number.parseFloat(message.ts) - Number.parseFloat(last.ts) < GROUP_S;

function drawThread(channel, thread) {
  const pane = byId("thread");
  const messages = thread ? threadOf(channel.id, thread) : [];
  document.body.classList.toggle("with-thread", messages.length > 0);
  pane.hidden = messages.length === 0;
  const list = byId("thread-messages");
  if (!messages.length) {
    list.replaceChildren();
    delete list.dataset.thread;
    return;
  }
  byId("thread-channel").textContent = channel.is_im ? channel.name : `#${channel.name}`;
  if (list.dataset.thread !== thread) list.replaceChildren();
  list.dataset.thread = thread;
  const items = [];
  messages.forEach((message, n) => {
    items.push(messageItem(message, { compact: n > 1 && groups(messages[n - 1], message), inThread: true }));
    if (n === 0) {
      const count = messages.slice(1).filter((one) => !one.ephemeral_to).length;
      const label = count === 0 ? "No replies yet" : `${count} ${count === 1 ? "reply" : "replies"}`;
      items.push({ key: "count", sig: label, make: () => h("div.thread-divider", {}, h("span", {}, label)) });
    }
  });
  reconcile(list, items);
  showStatus(byId("thread-status"), statusOf(channel.id, thread));
}

function showStatus(line, status) {
  const text = status ? statusText(status) : "";
  if (line.dataset.text === text) return;
  line.dataset.text = text;
  line.replaceChildren(...(text ? [h("span.pulse", { "aria-hidden": "true" }), h("span", {}, text)] : []));
}

/**
 * Keep a list at its end while the person is there; else leave the place alone and offer the way down. The end is the
 * newest message: its last line, or its first where it is taller than the pane, so that an answer is read from the top.
 * A message that grows (a card that gains rows) keeps the line the person sees.
 */
function keepEnd(scroller, list, pill) {
  let following = true;
  let newest = null;
  let unseen = false;
  let layout = "";
  const gap = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
  const tall = () => Boolean(list.lastElementChild) && list.lastElementChild.offsetHeight > scroller.clientHeight;
  const toEnd = () => {
    scroller.scrollTop = tall() ? list.lastElementChild.offsetTop - MARGIN_PX : scroller.scrollHeight;
  };
  const atEnd = () => gap() < NEAR_END_PX || (tall() && scroller.scrollTop >= list.lastElementChild.offsetTop - NEAR_END_PX);
  const measure = () => `${scroller.scrollHeight} ${scroller.clientHeight}`;
  const offer = () => {
    unseen &&= !following;
    pill.hidden = !(unseen || (following && gap() >= NEAR_END_PX));
    pill.textContent = unseen ? "New messages below" : "More below";
  };
  const settle = () => {
    const last = list.lastElementChild?.dataset.key ?? null;
    const isNew = last !== newest;
    newest = last;
    unseen ||= isNew && !following;
    if (following && (isNew || !tall())) toEnd();
    layout = measure();
    offer();
  };
  // A scroll that the layout caused (a pane became narrower, a picture came) says nothing about the person's wish.
  scroller.addEventListener("scroll", () => {
    if (layout === measure()) following = atEnd();
    offer();
  });
  new ResizeObserver(settle).observe(list);
  new ResizeObserver(() => {
    if (following && !tall()) toEnd();
    layout = measure();
    offer();
  }).observe(scroller);
  new MutationObserver(() => {
    if (list.childElementCount === 0) following = true;
  }).observe(list, { childList: true });
  pill.addEventListener("click", () => {
    if (unseen) scroller.dispatchEvent(new Event("desk:end"));
    else scroller.scrollTop += scroller.clientHeight - NEAR_END_PX;
    scroller.focus({ preventScroll: true });
  });
  scroller.addEventListener("desk:end", () => {
    following = true;
    toEnd();
    offer();
  });
}

/** After the person's own message: show it. */
export const scrollToEnd = (inThread) => byId(inThread ? "thread-scroll" : "messages-scroll").dispatchEvent(new Event("desk:end"));
