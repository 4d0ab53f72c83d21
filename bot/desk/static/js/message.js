// One message: who, when, what, and what can be done with it. Used by the channel and by the thread.

import { api } from "./api.js";
import { sizeText } from "./attachments.js";
import { avatar } from "./avatar.js";
import { renderBlocks } from "./blocks.js";
import { h, icon, iconButton, signature } from "./dom.js";
import { collect } from "./elements.js";
import { emoji } from "./emoji.js";
import { showMenu } from "./menu.js";
import { mrkdwn, plain } from "./mrkdwn.js";
import { say } from "./notices.js";
import { go } from "./route.js";
import { channelOf, isBot, isReply, names, person, state, statusOf } from "./store.js";
import { clock, full, fromTs, short } from "./time.js";

/** The rendering context of anything the bot shows: who is who, and how a press reaches the bot. */
export function context(surface, where, root) {
  return {
    surface,
    names,
    people: () => [...state.people.values()].filter((one) => !one.is_bot),
    channels: () => state.channels.filter((one) => !one.is_im),
    act: async (payload, node) => {
      if (node?.getAttribute("aria-busy") === "true") return;
      node?.setAttribute("aria-busy", "true");
      try {
        const answer = await api.action(state.me.id, { ...where, ...payload, values: collect(root()) });
        if (answer.delivered === false && answer.message) say(answer.message, "error");
      } catch (error) {
        say(error.message, "error");
      } finally {
        node?.removeAttribute("aria-busy");
      }
    },
  };
}

/** An item for `reconcile`. `compact`: same author just before, so no avatar and name. `inThread`: no reply summary. */
export function messageItem(message, { compact = false, inThread = false, replies = [] } = {}) {
  const status = inThread ? null : statusOf(message.channel, message.ts);
  const fresh = state.fresh.get(message.ts);
  return {
    key: message.ts,
    sig: signature([message, compact, inThread, replies.length, status, fresh, [...state.people.keys()].length]),
    make: () => draw(message, { compact, inThread, replies, status, fresh }),
  };
}

function draw(message, { compact, inThread, replies, status, fresh }) {
  const author = person(message.user) ?? { id: message.user, name: message.username ?? message.user };
  const node = h("article.message", {
    class: [compact && "compact", message.ephemeral_to && "ephemeral", isBot(message) && "from-bot"].filter(Boolean).join(" "),
    tabindex: "-1",
    "aria-label": `${author.name}, ${clock(fromTs(message.ts))}`,
    data: { ts: message.ts, channel: message.channel },
  });
  const where = { channel: message.channel, message_ts: message.ts };
  const ctx = context("message", where, () => node);
  node.append(
    h("div.message-gutter", {}, compact ? stamp(message) : avatar(author)),
    h(
      "div.message-main",
      {},
      message.ephemeral_to && h("p.ephemeral-note", {}, icon("eye"), "Only visible to you"),
      h("header.message-head", { class: compact ? "sr-only" : "" }, h("span.author", {}, author.name), isBot(message) && h("span.tag", {}, "App"), stamp(message), edited(message)),
      h("div.message-body", {}, body(message, ctx)),
      attachments(message, ctx),
      reactions(message),
      !inThread && summary(message, replies, status, fresh),
    ),
    tools(message, inThread),
  );
  return node;
}

const stamp = (message) => h("time.stamp", { datetime: fromTs(message.ts).toISOString(), title: full(fromTs(message.ts)) }, clock(fromTs(message.ts)));

// Beside the time, so that an edit never makes the message taller.
function edited(message) {
  if (!message.edited) return null;
  return h("span.edited", { title: message.edited.ts ? `Edited ${short(fromTs(message.edited.ts))}` : null }, "(edited)");
}

function body(message, ctx) {
  if (message.blocks?.length) return renderBlocks(message.blocks, ctx);
  return h("div.prose", {}, mrkdwn(message.text, names));
}

function attachments(message, ctx) {
  const files = (message.files ?? []).map(fileCard);
  const attached = (message.attachments ?? []).map((one) => h("div.attachment", {}, one.blocks ? renderBlocks(one.blocks, ctx) : h("div.prose", {}, mrkdwn(one.text ?? one.fallback ?? "", names))));
  return [...attached, ...files];
}

// A download, never shown in the page: whoever made the file wrote what is in it.
function fileCard(file) {
  const href = file.url?.startsWith("/desk/file/") ? `${file.url}?${new URLSearchParams({ person: state.me.id })}` : null;
  return h("a.file", { href, download: file.name }, icon("file"), h("span.file-name", {}, file.title ?? file.name), h("span.muted", {}, [file.pretty_type, sizeText(file.size)].filter(Boolean).join(" · ")));
}

function reactions(message) {
  if (!message.reactions?.length) return null;
  const chips = message.reactions.map((one) => {
    const mine = one.users?.includes(state.me.id);
    const who = (one.users ?? []).map((id) => names.user(id) ?? id).join(", ");
    const press = () => api.react(state.me.id, { channel: message.channel, ts: message.ts, name: one.name, remove: mine }).catch((error) => say(error.message, "error"));
    return h("button.reaction", { type: "button", class: mine ? "mine" : "", "aria-pressed": String(Boolean(mine)), title: `:${one.name}: ${who}`, data: { focus: `reaction/${one.name}` }, on: { click: press } }, h("span.emoji", {}, emoji(one.name) ?? `:${one.name}:`), h("span", {}, String(one.count ?? one.users?.length ?? 1)));
  });
  return h("div.reactions", {}, chips);
}

// The line under a message: its thread, and what the bot is doing there. It keeps one height, so nothing jumps.
function summary(message, replies, status, fresh) {
  const lasting = replies.filter((reply) => !reply.ephemeral_to);
  const count = Math.max(message.reply_count ?? 0, lasting.length);
  if (!count && !replies.length && !status) return null;
  const who = [...new Set(replies.map((reply) => reply.user))].slice(0, 3);
  return h(
    "button.thread-summary",
    { type: "button", data: { focus: "thread" }, on: { click: () => openThread(message) } },
    who.map((id) => avatar(person(id) ?? { id, name: id }, "tiny")),
    count > 0 && h("span.thread-count", {}, `${count} ${count === 1 ? "reply" : "replies"}`),
    !count && replies.length > 0 && h("span.thread-count", {}, "Only visible to you"),
    fresh && h("span.tag.tag-new", {}, "New"),
    status ? h("span.status-inline", {}, h("span.pulse", { "aria-hidden": "true" }), statusText(status)) : h("span.muted", {}, replies.length ? clock(fromTs(replies.at(-1).ts)) : ""),
  );
}

/** "Pointsman is checking the register …" */
export function statusText(status) {
  const text = status.status || status.loading_messages?.[0] || "is working …";
  return /^(is|are|was|will)\b/.test(text) ? `${state.bot?.name ?? "The app"} ${text}` : text;
}

/** Open the thread of a message, or of the message it answers. */
function openThread(message) {
  go({ channel: message.channel, thread: isReply(message) ? message.thread_ts : message.ts, view: "thread" });
}

function tools(message, inThread) {
  const more = iconButton("more", "More actions", () => showMenu(more, menuOf(message, inThread), "Message actions"), { "aria-haspopup": "menu", "aria-expanded": "false", data: { focus: "more" } });
  const reply = !inThread && !message.ephemeral_to && iconButton("thread", "Reply in thread", () => openThread(message), { data: { focus: "reply" } });
  return h("div.message-tools", {}, reply, more);
}

function menuOf(message, inThread) {
  const shortcuts = message.ephemeral_to ? [] : state.shortcuts.filter((one) => one.type === "message");
  const inviteless = channelOf(message.channel)?.bot_in === false;
  return [
    ...shortcuts.map((one) => ({ label: one.name, note: inviteless ? "The app is not in this channel" : one.description, icon: icon("look"), run: () => runShortcut(one, message) })),
    shortcuts.length && "divider",
    !inThread && !message.ephemeral_to && { label: "Reply in thread", icon: icon("thread"), run: () => openThread(message) },
    { label: "Copy text", icon: icon("copy"), run: () => navigator.clipboard?.writeText(plain(message.text, names)).then(() => say("Copied.")) },
  ].filter(Boolean);
}

/** Run a message or global shortcut of the app. */
export async function runShortcut(shortcut, message = null) {
  const where = message ? { channel: message.channel, message_ts: message.ts } : { channel: state.route.channel };
  try {
    const answer = await api.shortcut(state.me.id, { callback_id: shortcut.callback_id, ...where });
    if (answer.delivered === false) say(answer.message ?? "The app did not answer.", "error");
  } catch (error) {
    say(error.message, "error");
  }
}
