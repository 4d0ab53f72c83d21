// A small pop-up menu: arrow keys, Home and End, typing nothing else; Escape and a press outside close it.

import { h } from "./dom.js";

let open = null;

/** Close whatever menu is open. */
function closeMenu({ refocus = false } = {}) {
  if (!open) return;
  const { list, opener } = open;
  open = null;
  list.remove();
  opener.setAttribute("aria-expanded", "false");
  if (refocus) opener.focus({ preventScroll: true });
}

/**
 * Show a menu at `opener`. Items: {label, note?, icon?, url?, target?, run?, name?, beside?} or "divider". `label` may be
 * nodes; `name` is the accessible name where the label alone would not do; `beside` is a second item in the same row.
 */
export function showMenu(opener, items, label) {
  const again = open?.opener === opener;
  closeMenu();
  if (again) return;
  const list = h("div.menu", { role: "menu", "aria-label": label }, items.map(entry));
  list.addEventListener("keydown", onKey);
  (opener.closest("dialog") ?? document.body).append(list);
  open = { list, opener };
  opener.setAttribute("aria-expanded", "true");
  place(list, opener);
  list.querySelector("[role=menuitem]")?.focus({ preventScroll: true });
}

function entry(item) {
  if (item === "divider") return h("div.menu-divider", { role: "separator" });
  if (item.beside) return h("div.menu-row", { role: "none" }, entry({ ...item, beside: null }), entry(item.beside));
  const body = [item.icon, item.label && h("span.menu-text", {}, h("span", {}, item.label), item.note && h("span.menu-note", {}, item.note))];
  const run = () => {
    closeMenu({ refocus: !item.url });
    item.run?.();
  };
  const props = { role: "menuitem", tabindex: "-1", "aria-label": item.name ?? null, title: item.name ?? null, on: { click: run } };
  if (item.url) return h("a.menu-item", { ...props, href: item.url, target: item.target ?? "_blank", rel: "noopener noreferrer" }, body);
  return h("button.menu-item", { ...props, type: "button" }, body);
}

function onKey(event) {
  const items = [...event.currentTarget.querySelectorAll("[role=menuitem]")];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    items[(to + items.length) % items.length].focus();
  } else if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    closeMenu({ refocus: true });
  } else if (event.key === "Tab") {
    closeMenu({ refocus: true });
  }
}

function place(list, opener) {
  const at = opener.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = list;
  const left = Math.max(8, Math.min(at.right - width, innerWidth - width - 8));
  const below = at.bottom + 4 + height <= innerHeight - 8;
  list.style.left = `${at.left + width <= innerWidth - 8 ? at.left : left}px`;
  list.style.top = `${below ? at.bottom + 4 : Math.max(8, at.top - height - 4)}px`;
}

addEventListener("pointerdown", (event) => {
  if (open && !open.list.contains(event.target) && !open.opener.contains(event.target)) closeMenu();
});
addEventListener("resize", () => closeMenu());
addEventListener("scroll", (event) => open && !open.list.contains(event.target) && closeMenu(), true);
