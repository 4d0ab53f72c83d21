// Where the person is, in the address bar: a reload or a shared link comes back to the same channel and thread.

import { changed, markRead, state } from "./store.js";

const FIELDS = ["channel", "thread", "view", "side", "tab"];
const wide = matchMedia("(min-width: 1100px)");
const phone = matchMedia("(max-width: 767px)");

/** True when the window has room for a third column. */
export const isWide = () => wide.matches;
/** True when one pane fills the screen. */
export const isPhone = () => phone.matches;

/** Go somewhere: `{channel, thread, view, side, tab}`, whatever changes. */
export function go(change, { replace = false } = {}) {
  const next = { ...state.route, ...change };
  const same = FIELDS.every((field) => next[field] === state.route[field]);
  state.route = next;
  if (!same) history[replace ? "replaceState" : "pushState"]({ ...next }, "", address(next));
  arrive();
}

function arrive() {
  const { channel, thread } = state.route;
  if (thread) state.fresh.delete(thread);
  if (channel) markRead(channel);
  changed("route", "messages");
}

function address({ channel, thread, view, side, tab }) {
  const query = new URLSearchParams({ person: state.me.id });
  if (channel) query.set("channel", channel);
  if (thread) query.set("thread", thread);
  if (tab === "home") query.set("tab", "home");
  if (side !== "tries") query.set("side", side);
  if (view !== "channel") query.set("view", view);
  return `/?${query}`;
}

/** {channel, thread} of a message's permalink on this desk, or null. */
function permalink(url) {
  const { origin, pathname, searchParams } = new URL(url, location.href);
  const found = /^\/archives\/(\w+)\/p(\d+)(\d{6})$/.exec(pathname);
  if (origin !== location.origin || !found) return null;
  const [, channel, seconds, rest] = found;
  const ts = `${seconds}.${rest}`;
  return { channel, thread: searchParams.get("thread_ts") ?? state.messages.get(channel)?.get(ts)?.thread_ts ?? ts };
}

/** Open a permalink here, in the same person's tab. False when it is no permalink, or of a channel not joined. */
export function follow(url) {
  const to = permalink(url);
  if (!to || !state.channels.some((one) => one.id === to.channel)) return false;
  go({ ...to, view: "thread", tab: "messages" });
  return true;
}

/** Which pane a narrow screen shows: the one in the address, else the thread that it names, else a place to begin. */
function asked(query, known) {
  const view = query.get("view");
  if (["channel", "thread", "side", "list"].includes(view)) return view;
  if (known && query.get("thread")) return "thread";
  return isPhone() && !known ? "list" : "channel";
}

/** Read the address bar once the state is there; then follow the browser's Back and Forward. */
export function start() {
  const query = new URLSearchParams(location.search);
  const linked = permalink(location.href);
  if (linked) Object.entries({ ...linked, view: "thread" }).forEach(([key, value]) => query.set(key, value));
  const known = state.channels.some((channel) => channel.id === query.get("channel"));
  const first = state.channels.find((channel) => channel.bot_in && !channel.is_im) ?? state.channels[0];
  state.route = {
    channel: known ? query.get("channel") : (first?.id ?? null),
    thread: known ? query.get("thread") : null,
    view: asked(query, known),
    side: query.get("side") ?? "tries",
    tab: query.get("tab") ?? "messages",
  };
  history.replaceState({ ...state.route }, "", address(state.route));
  addEventListener("popstate", ({ state: past }) => {
    if (past) state.route = { ...past };
    arrive();
  });
  arrive();
}

/** One level up, for the phone's back button. */
export function up() {
  const { view } = state.route;
  if (view === "thread") go({ view: "channel", thread: null });
  else if (view === "side" && state.route.thread) go({ view: "thread" });
  else if (view === "side") go({ view: "channel" });
  else go({ view: "list" });
}

wide.addEventListener("change", () => changed("route"));
phone.addEventListener("change", () => changed("route"));
