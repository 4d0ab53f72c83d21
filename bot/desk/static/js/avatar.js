// A person's mark: initials on a quiet colour; the bot has the railway points.

import { h } from "./dom.js";
import { state } from "./store.js";

const HUES = 8;

function hue(id) {
  let sum = 0;
  for (const char of String(id)) sum = (sum * 31 + char.codePointAt(0)) >>> 0;
  return sum % HUES;
}

/** Decorative: the name always stands beside it. `size`: "", "small" or "tiny". */
export function avatar(person, size = "") {
  const bot = person.is_bot || person.id === state.bot?.user_id;
  if (bot) return h("span.avatar.avatar-bot", { class: size, "aria-hidden": "true" }, h("img", { src: "/static/pointsman.svg", alt: "" }));
  const words = String(person.name ?? "").match(/\p{L}+/gu) ?? ["?"];
  const initials = words.slice(0, 2).map((word) => [...word][0]).join("").toUpperCase();
  return h(`span.avatar.hue-${hue(person.id)}`, { class: size, "aria-hidden": "true" }, initials);
}
