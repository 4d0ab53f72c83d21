// The composer: Enter sends, Shift+Enter makes a line, @ and / offer names and commands.

import { api } from "./api.js";
import { attachments } from "./attachments.js";
import { avatar } from "./avatar.js";
import { scrollToEnd } from "./channel.js";
import { h, icon, uid } from "./dom.js";
import { showMenu } from "./menu.js";
import { runShortcut } from "./message.js";
import { say } from "./notices.js";
import { go, isWide } from "./route.js";
import { changed, channelOf, isBot, put, state, threadOf, watch } from "./store.js";

const drafts = new Map();
const composers = [];
// The message just sent from the channel: its thread opens when the bot answers there.
let awaited = null;

/** Make the two composers: the channel's and the thread's. */
export function startComposers() {
  composers.push(composer(document.getElementById("composer"), false), composer(document.getElementById("thread-composer"), true));
  watch("route channels people", () => composers.forEach((one) => one.draw()));
}

/** Put a text into the channel's composer and the cursor behind it, and a file beside it: {name, text}. */
export function prefill(text, file = null) {
  composers[0].fill(text);
  if (file) composers[0].attach(new File([file.text], file.name, { type: "text/csv" }));
}

/** Called for each new message: opens the thread of the person's own question when the bot answers it. */
export function followAnswer(message, byBot) {
  const answers = awaited && message.channel === awaited.channel && message.thread_ts === awaited.ts && message.ts !== awaited.ts;
  if (!answers || !byBot) return;
  const still = state.route.channel === awaited.channel && state.route.tab === "messages";
  const thread = awaited.ts;
  awaited = null;
  if (still && isWide() && !state.route.thread) go({ thread }, { replace: true });
}

function composer(root, inThread) {
  const listId = uid("suggestions");
  const text = h("textarea.composer-text", { rows: "1", "aria-label": "Message", role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": listId, autocomplete: "off", spellcheck: "true" });
  const list = h("div.suggestions", { id: listId, role: "listbox", "aria-label": "Suggestions", hidden: true });
  const mention = h("button.composer-tool", { type: "button", title: "Mention the app" }, icon("at"), h("span", {}, state.bot?.name ?? "App"));
  const more = h("button.composer-tool", { type: "button", "aria-haspopup": "menu", "aria-expanded": "false", title: "Shortcuts" }, icon("spark"), h("span", {}, "Shortcuts"));
  const send = h("button.composer-send", { type: "button", "aria-label": "Send", title: "Send (Enter)", disabled: true }, icon("send"));
  const self = { root, text, list, send, inThread, picks: [], at: 0 };
  const attached = attachments({ pane: root.closest(".pane"), text, place: () => placeOf(self), changed: () => readiness(self) });
  self.attached = attached;
  root.append(list, h("div.composer-box", {}, ...attached.nodes, text, h("div.composer-bar", {}, attached.button, mention, !inThread && more, h("span.composer-hint", {}, h("kbd", {}, "Enter"), " sends, ", h("kbd", {}, "Shift+Enter"), " new line"), send)));
  text.addEventListener("input", () => changedText(self));
  text.addEventListener("keydown", (event) => onKey(event, self));
  text.addEventListener("blur", () => setTimeout(() => showPicks(self, []), 150));
  send.addEventListener("click", () => submit(self));
  mention.addEventListener("click", () => insertMention(self));
  more.addEventListener("click", () => showMenu(more, shortcutMenu(self), "Shortcuts and commands"));
  return { draw: () => draw(self, mention, more), fill: (value) => fill(self, value), attach: (file) => attached.add([file]) };
}

const placeOf = ({ inThread }) => `${state.route.channel} ${inThread ? state.route.thread : ""}`;

function draw(self, mention, more) {
  const channel = channelOf(state.route.channel);
  const place = placeOf(self);
  mention.lastElementChild.textContent = state.bot?.name ?? "App";
  mention.hidden = Boolean(channel?.is_im);
  more.hidden = !state.shortcuts.some((one) => one.type === "global") && !state.commands.length;
  self.text.placeholder = self.inThread ? "Reply in the thread" : `Message ${channel ? (channel.is_im ? channel.name : `#${channel.name}`) : ""}`;
  self.text.setAttribute("aria-label", self.inThread ? "Reply in the thread" : self.text.placeholder);
  if (self.place === place) return;
  self.place = place;
  self.attached.draw();
  fill(self, drafts.get(place) ?? "", { focus: false });
}

function fill(self, value, { focus = true } = {}) {
  self.text.value = value;
  changedText(self, { suggest: false });
  if (!focus) return;
  self.text.focus();
  self.text.setSelectionRange(value.length, value.length);
}

function changedText(self, { suggest = true } = {}) {
  drafts.set(placeOf(self), self.text.value);
  readiness(self);
  if (!CSS.supports("field-sizing", "content")) {
    self.text.style.height = "auto";
    self.text.style.height = `${Math.min(self.text.scrollHeight, 220)}px`;
  }
  showPicks(self, suggest ? picksFor(self) : []);
}

function readiness(self) {
  self.send.disabled = !self.text.value.trim() && !self.attached.count();
}

function onKey(event, self) {
  if (event.isComposing) return;
  if (self.picks.length && pickKey(event, self)) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    submit(self);
  }
}

function pickKey(event, self) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) self.at = (self.at + step + self.picks.length) % self.picks.length;
  else if (event.key === "Tab" && !event.shiftKey) choose(self, self.at);
  else if (event.key === "Enter" && !self.picks[self.at].exact) choose(self, self.at);
  else if (event.key === "Escape") showPicks(self, []);
  else return false;
  event.preventDefault();
  if (step) markPick(self);
  return true;
}

// A word that begins with @ just before the cursor, or a command at the very start.
function picksFor(self) {
  const before = self.text.value.slice(0, self.text.selectionStart);
  const command = /^\/(\S*)$/.exec(before);
  if (command && !self.inThread) {
    return state.commands.filter((one) => one.command.startsWith(before)).map((one) => ({ from: 0, insert: `${one.command} `, label: one.command, note: [one.usage_hint, one.description].filter(Boolean).join(" · "), exact: one.command === before }));
  }
  const name = /(?:^|\s)@([\p{L}\p{N}._-]*)$/u.exec(before);
  if (!name) return [];
  const from = before.length - name[1].length - 1;
  const bot = state.bot ? [{ id: state.bot.user_id, name: state.bot.name, title: "App", is_bot: true }] : [];
  const all = [...bot, ...[...state.people.values()].filter((one) => !one.is_bot && one.id !== state.me.id)];
  const wanted = name[1].toLowerCase();
  return all.filter((one) => [one.name, one.handle ?? ""].some((name) => name.toLowerCase().startsWith(wanted))).slice(0, 7).map((one) => ({ from, insert: `@${one.handle ?? one.name} `, label: one.name, note: one.title, person: one, exact: false }));
}

function showPicks(self, picks) {
  self.picks = picks;
  self.at = 0;
  self.list.hidden = picks.length === 0;
  self.text.setAttribute("aria-expanded", String(picks.length > 0));
  self.list.replaceChildren(
    ...picks.map((pick, n) =>
      h("div.suggestion", { role: "option", id: `${self.list.id}-${n}`, on: { pointerdown: (event) => (event.preventDefault(), choose(self, n)) } }, pick.person && avatar(pick.person, "small"), h("strong", {}, pick.label), h("span.muted", {}, pick.note ?? "")),
    ),
  );
  markPick(self);
}

function markPick(self) {
  [...self.list.children].forEach((node, n) => node.setAttribute("aria-selected", String(n === self.at)));
  if (self.picks.length) self.text.setAttribute("aria-activedescendant", `${self.list.id}-${self.at}`);
  else self.text.removeAttribute("aria-activedescendant");
}

function choose(self, n) {
  const pick = self.picks[n];
  const { value, selectionStart } = self.text;
  self.text.value = value.slice(0, pick.from) + pick.insert + value.slice(selectionStart).replace(/^ /, "");
  const cursor = pick.from + pick.insert.length;
  self.text.setSelectionRange(cursor, cursor);
  changedText(self, { suggest: false });
  self.text.focus();
}

function insertMention(self) {
  const mention = `@${state.bot?.name ?? ""} `;
  if (!self.text.value.startsWith(mention)) self.text.value = mention + self.text.value;
  changedText(self, { suggest: false });
  self.text.focus();
}

function shortcutMenu(self) {
  const commands = state.commands.map((one) => ({ label: one.command, note: one.description, run: () => fill(self, `${one.command} `) }));
  const global = state.shortcuts.filter((one) => one.type === "global").map((one) => ({ label: one.name, note: one.description, icon: icon("spark"), run: () => runShortcut(one) }));
  return [...global, global.length && commands.length && "divider", ...commands].filter(Boolean);
}

async function submit(self) {
  const value = self.text.value.trim();
  if ((!value && !self.attached.count()) || self.busy) return;
  const { channel, thread } = state.route;
  const command = /^(\/\S+)\s*([\s\S]*)$/.exec(value);
  if (command && self.inThread) {
    say(`${command[1]} does not work inside a thread, as in Slack. Mention ${state.bot?.name ?? "the app"} instead.`, "error");
    return;
  }
  if (command && self.attached.count()) {
    say(`${command[1]} takes no file, as in Slack. Mention ${state.bot?.name ?? "the app"} in a message instead.`, "error");
    return;
  }
  const place = placeOf(self);
  self.busy = true;
  try {
    if (command) await sendCommand(channel, command);
    else {
      await sendMessage(self, channel, value, thread);
      self.attached.clear(place);
    }
    drafts.delete(place);
    if (placeOf(self) === place) fill(self, "", { focus: document.activeElement === self.send || document.activeElement === self.text });
  } catch (error) {
    say(error.message, "error");
  } finally {
    self.busy = false;
  }
}

async function sendCommand(channel, [, command, text]) {
  const answer = await api.command(state.me.id, { channel, command, text });
  if (answer.delivered === false && answer.message) say(answer.message, "error");
}

// The app may have answered before the desk said that the message was taken.
function expectAnswer(message) {
  awaited = { channel: message.channel, ts: message.ts };
  const answer = threadOf(message.channel, message.ts).find((one) => one.ts !== message.ts && isBot(one));
  if (answer) followAnswer(answer, true);
}

async function sendMessage(self, channel, text, thread) {
  const inThread = self.inThread && thread;
  const files = await self.attached.ids();
  const { message } = await api.message(state.me.id, { channel, text, ...(inThread ? { thread_ts: thread } : {}), ...(files.length ? { files } : {}) });
  if (message) {
    put(message);
    changed("messages");
  }
  if (!inThread && message) expectAnswer(message);
  queueMicrotask(() => scrollToEnd(Boolean(inThread)));
}
