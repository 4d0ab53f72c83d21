// Building DOM without markup: every outside text becomes a text node, never HTML.

const SVG_NS = "http://www.w3.org/2000/svg";

/**
 * Make an element. `tag` may carry classes ("div.card.tall"). Props: `class`, `data` (an object), `on` (listeners),
 * `aria-*` and other attributes; true sets an empty attribute, null/undefined/false leaves it out.
 */
export function h(tag, props = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const node = document.createElement(name || "div");
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "class") node.className = [node.className, value].filter(Boolean).join(" ");
    else if (key === "data") Object.assign(node.dataset, value);
    else if (key === "on") for (const [type, listener] of Object.entries(value)) node.addEventListener(type, listener);
    else if (key === "value" || key === "checked" || key === "selected" || key === "disabled") node[key] = value;
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...flat(children));
  return node;
}

/** Drop empty children and flatten arrays, so that callers may write `condition && node`. */
export function flat(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== "");
}

const PATHS = {
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  thread: "M4 5h16v11H9l-5 4z",
  send: "M4 12l16-8-5 17-3.5-7z",
  at: "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0zm0 0v1.5a2.5 2.5 0 0 0 5 0V12a9 9 0 1 0-3.5 7.1",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  hash: "M9 4L7 20M17 4l-2 16M4 9h17M3 15h17",
  sun: "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M5 19l1.4-1.4M17.6 6.4L19 5",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z",
  down: "M6 9l6 6 6-6",
  out: "M9 5H5v14h14v-4M13 4h7v7M20 4l-9 9",
  check: "M5 12.5l4.5 4.5L19 7.5",
  clock: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7.5V12l3 2",
  globe: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM3.5 12h17M12 3.5c5 5.5 5 11.5 0 17M12 3.5c-5 5.5-5 11.5 0 17",
  spark: "M12 4v5M12 15v5M4 12h5M15 12h5",
  warn: "M12 4l9.5 16.5h-19zM12 10v5M12 17.9v.1",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  look: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5L21 21",
  trash: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
  clip: "M20 11.5l-8 8a5 5 0 0 1-7-7l8.5-8.5a3.3 3.3 0 0 1 4.7 4.7L9.8 17a1.6 1.6 0 0 1-2.3-2.3l7.5-7.5",
  file: "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
  people: "M9 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM3 20c0-4 2.5-6 6-6s6 2 6 6M16 6a2.5 2.5 0 0 1 0 5M17 14c2.5.5 4 2.5 4 6",
};

/** A decorative line icon; the control around it carries the accessible name. */
export function icon(name) {
  const svg = document.createElementNS(SVG_NS, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG_NS, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** A button that shows only an icon. */
export function iconButton(name, label, onClick, props = {}) {
  return h("button.icon-button", { type: "button", "aria-label": label, title: label, on: { click: onClick }, ...props }, icon(name));
}

/**
 * Bring `container`'s children to `items` ({key, sig, make}) touching only what changed, so that nothing jumps and
 * focus stays. When the focused control's item is rebuilt, focus returns to the control of the same `data-focus` key,
 * or to the item itself.
 */
export function reconcile(container, items) {
  const old = new Map([...container.children].map((node) => [node.dataset.key, node]));
  const active = document.activeElement;
  const inside = container.contains(active) && active !== container;
  let refocus = null;
  let cursor = container.firstElementChild;
  for (const item of items) {
    let node = old.get(item.key);
    old.delete(item.key);
    if (!node || node.dataset.sig !== item.sig) {
      const fresh = item.make();
      fresh.dataset.key = item.key;
      fresh.dataset.sig = item.sig;
      if (node) {
        if (inside && node.contains(active)) refocus = { fresh, key: active.dataset.focus };
        if (cursor === node) cursor = fresh;
        node.replaceWith(fresh);
      }
      node = fresh;
    }
    if (cursor === node) cursor = cursor.nextElementSibling;
    else container.insertBefore(node, cursor);
  }
  for (const node of old.values()) node.remove();
  if (refocus) restoreFocus(refocus);
}

function restoreFocus({ fresh, key }) {
  const again = key ? [...fresh.querySelectorAll("[data-focus]")].find((node) => node.dataset.focus === key) : null;
  const target = again ?? fresh;
  if (!again && !fresh.hasAttribute("tabindex")) fresh.tabIndex = -1;
  target.focus({ preventScroll: true });
}

/** A short, stable signature of any JSON value; equal values give equal signatures. */
export function signature(value) {
  const text = JSON.stringify(value);
  let hash = 5381;
  for (let i = 0; i < text.length; i += 1) hash = ((hash * 33) ^ text.charCodeAt(i)) >>> 0;
  return `${text.length}.${hash}`;
}

let serial = 0;

/** A document-unique id, for labels and descriptions. */
export function uid(prefix = "n") {
  serial += 1;
  return `${prefix}-${serial}`;
}
