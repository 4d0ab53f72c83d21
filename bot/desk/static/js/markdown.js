// The `markdown` block: standard Markdown as Slack shows it (headings, lists, quotes, fences, tables, inline marks).

import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { link, safeUrl } from "./mrkdwn.js";

/** Markdown text as DOM nodes; raw HTML stays visible as text. */
export function markdown(text) {
  const lines = String(text ?? "").replace(/\r\n?/g, "\n").split("\n");
  const out = [];
  let at = 0;
  while (at < lines.length) {
    const taken = READERS.map((read) => read(lines, at)).find(Boolean);
    out.push(taken.node);
    at = taken.next;
  }
  return out.filter(Boolean);
}

const READERS = [blank, fence, heading, rule, quote, table, list, paragraph];

function blank(lines, at) {
  return lines[at].trim() ? null : { node: null, next: at + 1 };
}

function fence(lines, at) {
  if (!/^\s*```/.test(lines[at])) return null;
  let end = at + 1;
  while (end < lines.length && !/^\s*```\s*$/.test(lines[end])) end += 1;
  return { node: h("pre", { tabindex: "0" }, h("code", {}, lines.slice(at + 1, end).join("\n"))), next: end + 1 };
}

function heading(lines, at) {
  const match = /^(#{1,6})\s+(.*?)\s*#*$/.exec(lines[at]);
  return match && { node: h(`h${Math.min(match[1].length + 2, 6)}`, { class: "md-heading" }, spans(match[2])), next: at + 1 };
}

function rule(lines, at) {
  return /^\s*([-*_])(?:\s*\1){2,}\s*$/.test(lines[at]) ? { node: h("hr"), next: at + 1 } : null;
}

function quote(lines, at) {
  let end = at;
  while (end < lines.length && /^\s*>/.test(lines[end])) end += 1;
  return end > at ? { node: h("blockquote", {}, markdown(lines.slice(at, end).map((line) => line.replace(/^\s*> ?/, "")).join("\n"))), next: end } : null;
}

const cells = (line) => line.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replace(/\\\|/g, "|"));

function table(lines, at) {
  if (!lines[at].includes("|") || !/^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(lines[at + 1] ?? "")) return null;
  let end = at + 2;
  while (end < lines.length && lines[end].includes("|")) end += 1;
  const head = h("tr", {}, cells(lines[at]).map((cell) => h("th", { scope: "col" }, spans(cell))));
  const rows = lines.slice(at + 2, end).map((line) => h("tr", {}, cells(line).map((cell) => h("td", {}, spans(cell)))));
  return { node: h("div.table-scroll", { tabindex: "0", role: "region", "aria-label": "Table" }, h("table", {}, h("thead", {}, head), h("tbody", {}, rows))), next: end };
}

const ITEM = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/;

function list(lines, at) {
  const first = ITEM.exec(lines[at]);
  if (!first) return null;
  const depth = first[1].length;
  const node = h(/\d/.test(first[2]) ? "ol" : "ul");
  let next = at;
  while (next < lines.length) {
    const item = ITEM.exec(lines[next]);
    if (!item || item[1].length < depth) break;
    if (item[1].length > depth) {
      const nested = list(lines, next);
      (node.lastElementChild ?? node).append(nested.node);
      next = nested.next;
    } else {
      node.append(h("li", {}, task(item[3])));
      next += 1;
    }
  }
  return { node, next };
}

function task(text) {
  const match = /^\[([ xX])\]\s+(.*)$/.exec(text);
  return match ? [match[1] === " " ? "☐ " : "☑ ", spans(match[2])] : spans(text);
}

function paragraph(lines, at) {
  let end = at + 1;
  while (end < lines.length && lines[end].trim() && ![fence, heading, rule, quote, table, list].some((read) => read(lines, end))) end += 1;
  const parts = lines.slice(at, end).flatMap((line, n) => (n ? [h("br")] : []).concat(spans(line)));
  return { node: h("p", {}, parts), next: end };
}

const INLINE = /`([^`]+)`|\*\*(.+?)\*\*|__(.+?)__|~~(.+?)~~|\*([^*\s][^*]*?)\*|(?<![\p{L}\p{N}])_([^_\s][^_]*?)_(?![\p{L}\p{N}])|!?\[([^\]]*)\]\(([^)\s]+)\)|(https?:\/\/[^\s<>)]+)/u;

function spans(text) {
  const match = INLINE.exec(text);
  if (!match) return text ? [withEmoji(text)] : [];
  const before = text.slice(0, match.index);
  const after = text.slice(match.index + match[0].length);
  return [before && withEmoji(before), mark(match), ...spans(after)].filter(Boolean);
}

function mark([, code, bold, bold2, strike, italic, italic2, label, url, bare]) {
  if (code) return h("code", {}, code);
  if (bold ?? bold2) return h("strong", {}, spans(bold ?? bold2));
  if (strike) return h("s", {}, spans(strike));
  if (italic ?? italic2) return h("em", {}, spans(italic ?? italic2));
  if (bare) return link(bare, bare);
  return safeUrl(url) ? link(url, ...spans(label)) : `${label} (${url})`;
}
