// Files beside a composer: picked, dropped or pasted, uploaded at once, and sent with the next message.

import { api } from "./api.js";
import { h, icon, iconButton } from "./dom.js";
import { announce, say } from "./notices.js";
import { state } from "./store.js";

const MOST = 10;
const waiting = new Map(); // place -> [{file, id, failed}]

/** "1.2 KB": a size in bytes for people. */
export function sizeText(bytes) {
  if (!Number.isFinite(bytes)) return "";
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/**
 * The attachments of one composer. `pane` takes dropped files, `place()` says whose draft this is, `changed()` is
 * called when what is attached changes. Returns the button, the shelf, and `{count, ready, take, draw}`.
 */
export function attachments({ pane, text, place, changed }) {
  const input = h("input", { type: "file", multiple: true, hidden: true, tabindex: "-1" });
  const button = h("button.composer-tool", { type: "button", title: "Attach a file", "aria-label": "Attach a file", on: { click: () => input.click() } }, icon("clip"));
  const shelf = h("ul.attached", { "aria-label": "Attached files", hidden: true });
  const self = { shelf, place, changed };
  input.addEventListener("change", () => {
    add(self, input.files);
    input.value = "";
    text.focus();
  });
  text.addEventListener("paste", (event) => {
    if (!event.clipboardData?.files.length) return;
    event.preventDefault();
    add(self, event.clipboardData.files);
  });
  takeDrops(self, pane, text);
  return {
    button,
    nodes: [input, shelf],
    count: () => mine(self).length,
    add: (files) => add(self, files),
    draw: () => draw(self),
    /** The uploaded ids, once all are there; the shelf is empty after `clear()`. */
    ids: async () => (await Promise.all(mine(self).map((one) => one.id))).filter(Boolean),
    clear: (where) => {
      waiting.delete(where);
      draw(self);
    },
  };
}

const mine = (self) => waiting.get(self.place()) ?? [];

function add(self, files) {
  const list = mine(self);
  waiting.set(self.place(), list);
  for (const file of files) {
    if (list.length >= MOST) {
      say(`A message takes up to ${MOST} files.`, "error");
      break;
    }
    const one = { file };
    one.id = api.upload(state.me.id, file).then(
      (kept) => kept.id,
      (error) => {
        say(error.message, "error");
        drop(self, one);
      },
    );
    list.push(one);
    announce(`${file.name} attached`);
  }
  draw(self);
}

function drop(self, one) {
  for (const [place, list] of waiting) waiting.set(place, list.filter((other) => other !== one));
  draw(self);
}

function draw(self) {
  const list = mine(self);
  self.shelf.hidden = list.length === 0;
  self.shelf.replaceChildren(
    ...list.map((one) => h("li.attached-file", {}, icon("file"), h("span.attached-name", {}, one.file.name), h("span.muted", {}, sizeText(one.file.size)), iconButton("close", `Remove ${one.file.name}`, () => drop(self, one)))),
  );
  self.changed();
}

function takeDrops(self, pane, text) {
  const carries = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files") && !document.querySelector("dialog[open]");
  const over = (on) => pane.classList.toggle("dropping", on);
  pane.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    over(true);
  });
  pane.addEventListener("dragleave", (event) => {
    if (!pane.contains(event.relatedTarget)) over(false);
  });
  pane.addEventListener("drop", (event) => {
    over(false);
    if (!carries(event)) return;
    event.preventDefault();
    add(self, event.dataTransfer.files);
    text.focus();
  });
}
