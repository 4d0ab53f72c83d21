// Slack's mrkdwn as DOM nodes. `parse` is pure; `render` makes nodes; no text is ever read as HTML.

import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { slackDate } from "./time.js";

const MARKS = { "*": "strong", _: "em", "~": "s" };
const WORD = /[\p{L}\p{N}]/u;
const LINK = /^(https?:\/\/|mailto:|tel:)/i;

/** Slack escapes exactly these three, and only these come back. */
const unescape = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

/** A link that a browser may open; anything else (javascript:, data:) is shown as text. */
export const safeUrl = (url) => (LINK.test(url ?? "") ? url : null);

/**
 * mrkdwn to a tree: {type: "text"|"strong"|"em"|"s"|"code"|"pre"|"quote"|"break"|"emoji"|"user"|"channel"|"group"|
 * "broadcast"|"date"|"link", text?, children?, …}.
 */
export function parse(text) {
  const nodes = [];
  const fence = /```\n?([\s\S]*?)\n?```/g;
  let from = 0;
  for (const match of text.matchAll(fence)) {
    nodes.push(...blocks(text.slice(from, match.index)));
    nodes.push({ type: "pre", text: unescape(match[1]) });
    from = match.index + match[0].length;
  }
  nodes.push(...blocks(text.slice(from)));
  return nodes;
}

function blocks(text) {
  const nodes = [];
  let quote = [];
  const flush = () => {
    if (quote.length) nodes.push({ type: "quote", children: lines(quote) });
    quote = [];
  };
  let plain = [];
  const flushPlain = () => {
    if (plain.length) nodes.push(...lines(plain));
    plain = [];
  };
  for (const line of text.split("\n")) {
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (quoted) {
      flushPlain();
      quote.push(quoted[1]);
    } else {
      flush();
      plain.push(line);
    }
  }
  flush();
  flushPlain();
  return nodes;
}

const lines = (list) => list.flatMap((line, at) => (at ? [{ type: "break" }] : []).concat(inline(line)));

function inline(text) {
  const nodes = [];
  let plain = "";
  const flush = () => {
    if (plain) nodes.push({ type: "text", text: unescape(plain) });
    plain = "";
  };
  let at = 0;
  while (at < text.length) {
    const found = token(text, at);
    if (found) {
      flush();
      nodes.push(found.node);
      at = found.end;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  flush();
  return nodes;
}

function token(text, at) {
  const char = text[at];
  if (char === "<") return angle(text, at);
  if (char === "`") return code(text, at);
  if (char === ":") return shortcode(text, at);
  if (MARKS[char]) return marked(text, at, char);
  return null;
}

function code(text, at) {
  const end = text.indexOf("`", at + 1);
  if (end <= at + 1) return null;
  return { node: { type: "code", text: unescape(text.slice(at + 1, end)) }, end: end + 1 };
}

function shortcode(text, at) {
  const match = /^:([a-z0-9_+-]+)(?:::skin-tone-\d)?:/.exec(text.slice(at, at + 60));
  const character = match && emoji(match[1]);
  return character ? { node: { type: "emoji", name: match[1], text: character }, end: at + match[0].length } : null;
}

function marked(text, at, mark) {
  const before = text[at - 1];
  if (before && WORD.test(before)) return null;
  if (!text[at + 1] || /\s/.test(text[at + 1]) || text[at + 1] === mark) return null;
  for (let end = text.indexOf(mark, at + 2); end > 0; end = text.indexOf(mark, end + 1)) {
    const after = text[end + 1];
    if (!/\s/.test(text[end - 1]) && !(after && WORD.test(after))) {
      return { node: { type: MARKS[mark], children: inline(text.slice(at + 1, end)) }, end: end + 1 };
    }
  }
  return null;
}

function angle(text, at) {
  const close = text.indexOf(">", at);
  if (close < 0) return null;
  const [target, ...rest] = text.slice(at + 1, close).split("|");
  const label = rest.length ? unescape(rest.join("|")) : null;
  const node = reference(target, label);
  return node ? { node, end: close + 1 } : null;
}

function reference(target, label) {
  if (/^@[UWB]\w+$/.test(target)) return { type: "user", id: target.slice(1), label };
  if (/^#[CGD]\w+$/.test(target)) return { type: "channel", id: target.slice(1), label };
  if (/^!(here|channel|everyone)$/.test(target)) return { type: "broadcast", name: target.slice(1) };
  if (target.startsWith("!subteam^")) return { type: "group", id: target.slice(9), label };
  if (target.startsWith("!date^")) {
    const [, unix, format, link] = target.split("^");
    return { type: "date", text: slackDate(unix, format ?? "", label ?? unix), url: link ?? null };
  }
  const url = unescape(target);
  return safeUrl(url) ? { type: "link", url, text: label ?? url.replace(/^(mailto|tel):/, "") } : null;
}

/** The tree as DOM nodes. `names` says who is who: {user(id), channel(id), group(id), me}. */
function render(nodes, names) {
  return nodes.map((node) => element(node, names));
}

/** mrkdwn text straight to DOM nodes. */
export const mrkdwn = (text, names) => render(parse(String(text ?? "")), names);

function element(node, names) {
  switch (node.type) {
    case "text":
      return document.createTextNode(node.text);
    case "break":
      return h("br");
    case "emoji":
      return h("span.emoji", { title: `:${node.name}:` }, node.text);
    case "code":
      return h("code", {}, node.text);
    case "pre":
      return h("pre", { tabindex: "0" }, h("code", {}, node.text));
    case "quote":
      return h("blockquote", {}, render(node.children, names));
    case "user":
      return h("span.mention", { class: node.id === names.me ? "mention-me" : "" }, `@${names.user(node.id) ?? node.label ?? node.id}`);
    case "channel":
      return h("span.mention", {}, `#${names.channel(node.id) ?? node.label ?? node.id}`);
    case "group":
      return h("span.mention", {}, `@${(names.group(node.id) ?? node.label ?? node.id).replace(/^@/, "")}`);
    case "broadcast":
      return h("span.mention.mention-me", {}, `@${node.name}`);
    case "date":
      return safeUrl(node.url) ? link(node.url, node.text) : h("time", {}, node.text);
    case "link":
      return link(node.url, node.text);
    default:
      return h(node.type, {}, render(node.children, names));
  }
}

/** An outside link: opens beside the desk and tells the other site nothing. */
export function link(url, ...children) {
  const href = safeUrl(url);
  return href ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, children) : h("span", {}, children);
}

/** mrkdwn as one line of plain text: for screen-reader announcements and previews. */
export function plain(text, names) {
  const walk = (nodes) =>
    nodes
      .map((node) => {
        if (node.type === "user") return `@${names.user(node.id) ?? node.label ?? node.id}`;
        if (node.type === "channel") return `#${names.channel(node.id) ?? node.label ?? node.id}`;
        if (node.type === "group") return `@${(names.group(node.id) ?? node.label ?? node.id).replace(/^@/, "")}`;
        if (node.type === "broadcast") return `@${node.name}`;
        if (node.type === "break") return " ";
        return node.text ?? walk(node.children ?? []);
      })
      .join("");
  return walk(parse(String(text ?? ""))).trim();
}
