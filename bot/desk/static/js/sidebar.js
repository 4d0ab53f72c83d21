// The left column: who this tab is, the channels and the direct messages, the theme.

import { avatar } from "./avatar.js";
import { h, icon, reconcile, signature } from "./dom.js";
import { showMenu } from "./menu.js";
import { go } from "./route.js";
import { state, unread, watch } from "./store.js";

/** Start the column. */
export function startSidebar() {
  watch("channels people route", drawChannels);
  watch("people", drawMe);
  watch("channels", drawTitle);
  document.getElementById("theme").addEventListener("click", switchTheme);
  for (const [id, side] of [["go-tries", "tries"], ["go-world", "world"]]) document.getElementById(id).addEventListener("click", () => go({ view: "side", side }));
  document.getElementById("me").addEventListener("click", (event) => showPeople(event.currentTarget));
}

function drawMe() {
  const me = document.getElementById("me");
  document.getElementById("team-name").textContent = state.team?.name ?? "";
  const role = state.me.title || state.me.blurb || "";
  me.replaceChildren(avatar(state.me), h("span.me-text", {}, h("span.me-name", {}, state.me.name), h("span.me-role", {}, role)), icon("down"));
  me.setAttribute("aria-label", `You are ${state.me.name}, ${role}. Change the person`);
}

// One person a tab: a plain link changes this tab's person, its twin opens another tab.
function showPeople(opener) {
  const others = [...state.people.values()].filter((one) => !one.is_bot);
  const items = others.map((one) => {
    const here = one.id === state.me.id;
    return {
      label: [h("strong", {}, one.name), " ", h("span.muted", {}, one.title ?? "")],
      note: here ? "This tab" : one.blurb,
      icon: avatar(one, "small"),
      url: addressOf(one.id),
      target: "_self",
      beside: here ? null : { name: `${one.name} in a new tab`, icon: icon("out"), url: addressOf(one.id) },
    };
  });
  showMenu(opener, items, "People");
}

/** The address of the desk as another person. */
export const addressOf = (id, extra = {}) => `/?${new URLSearchParams({ person: id, ...extra })}`;

function drawChannels() {
  document.getElementById("go-world").hidden = !state.hasWorld;
  const rooms = state.channels.filter((channel) => !channel.is_im);
  const direct = state.channels.filter((channel) => channel.is_im);
  reconcile(document.getElementById("rooms"), rooms.map(item));
  reconcile(document.getElementById("direct"), direct.map(item));
}

function item(channel) {
  const current = channel.id === state.route.channel;
  const { count, called } = unread(channel.id);
  return { key: channel.id, sig: signature([channel, current, count, called]), make: () => entry(channel, current, count, called) };
}

function entry(channel, current, count, called) {
  const sign = channel.is_im ? avatar({ id: state.bot?.user_id, is_bot: true }, "tiny") : icon(channel.private ? "lock" : "hash");
  const note = called ? `, ${called} for you` : count ? `, ${count} unread` : "";
  const press = () => go({ channel: channel.id, thread: null, view: "channel", tab: "messages" });
  return h(
    "li",
    {},
    h(
      "button.channel",
      { type: "button", class: [current && "current", count && "unread"].filter(Boolean).join(" "), "aria-current": current ? "page" : null, "aria-label": `${channel.name}${channel.private ? ", private" : ""}${note}`, data: { focus: channel.id, channel: channel.id }, on: { click: press } },
      sign,
      h("span.channel-label", {}, channel.name),
      count > 0 && h("span.badge", { class: called ? "badge-called" : "" }, String(called || count)),
    ),
  );
}

function drawTitle() {
  const total = state.channels.reduce((sum, channel) => sum + unread(channel.id).called, 0);
  document.title = `${total ? `(${total}) ` : ""}${state.me.name} · ${state.team?.name ?? ""} · practice desk`;
}

function switchTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try {
    localStorage.setItem("desk-theme", root.dataset.theme);
  } catch {
    // Not remembered where storage is forbidden; it still changes now.
  }
}
