// The rich_text block: sections, lists, quotes and preformatted text, as nodes.

import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { link } from "./mrkdwn.js";
import { unknown } from "./elements.js";
import { slackDate } from "./time.js";

const PARTS = {
  rich_text_section: (part, ctx) => h("p.rt-section", {}, runs(part.elements, ctx)),
  rich_text_quote: (part, ctx) => h("blockquote", {}, runs(part.elements, ctx)),
  rich_text_preformatted: (part, ctx) => h("pre", { tabindex: "0" }, h("code", {}, runs(part.elements, ctx))),
  rich_text_list: (part, ctx) => {
    const tag = part.style === "ordered" ? "ol" : "ul";
    const indent = Math.min(part.indent ?? 0, 6);
    return h(tag, { class: `rt-indent-${indent}`, start: part.offset ? part.offset + 1 : null }, part.elements.map((item) => h("li", {}, runs(item.elements, ctx))));
  },
};

/** A rich_text block's children. */
export const richText = (block, ctx) => (block.elements ?? []).map((part) => PARTS[part.type]?.(part, ctx) ?? unknown("rich text part", part));

const runs = (elements, ctx) => (elements ?? []).flatMap((element) => styled(run(element, ctx), element.style));

// Line breaks inside a text run are real breaks; CSS `white-space: pre-wrap` on the section shows them.
function run(element, { names }) {
  switch (element.type) {
    case "text":
      return [element.text];
    case "link":
      return [link(element.url, element.text ?? element.url)];
    case "emoji":
      return [h("span.emoji", { title: `:${element.name}:` }, emoji(element.name) ?? `:${element.name}:`)];
    case "user":
      return [h("span.mention", { class: element.user_id === names.me ? "mention-me" : "" }, `@${names.user(element.user_id) ?? element.user_id}`)];
    case "usergroup":
      return [h("span.mention", {}, `@${(names.group(element.usergroup_id) ?? element.usergroup_id).replace(/^@/, "")}`)];
    case "channel":
      return [h("span.mention", {}, `#${names.channel(element.channel_id) ?? element.channel_id}`)];
    case "broadcast":
      return [h("span.mention.mention-me", {}, `@${element.range}`)];
    case "date":
      return [h("time", {}, slackDate(element.timestamp, element.format ?? "", element.fallback ?? String(element.timestamp)))];
    case "color":
      return [h("code", {}, element.value)];
    default:
      return [unknown("rich text element", element)];
  }
}

const STYLES = { code: "code", strike: "s", italic: "em", bold: "strong" };

function styled(nodes, style = {}) {
  return Object.entries(STYLES).reduce((inner, [name, tag]) => (style?.[name] ? [h(tag, {}, inner)] : inner), nodes);
}
