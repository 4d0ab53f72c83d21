// The stack of modals (three at most, as in Slack), each a native <dialog>: focus trapped, Escape closes the top one.

import { api } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { h, iconButton, signature, uid } from "./dom.js";
import { collect } from "./elements.js";
import { withEmoji } from "./emoji.js";
import { context } from "./message.js";
import { say } from "./notices.js";
import { state, watch } from "./store.js";

const open = new Map(); // view id -> {dialog, view}

/** Start showing the person's modals. */
export function startModals() {
  watch("views", draw);
}

function draw() {
  const wanted = new Set(state.stack.map((view) => view.id));
  for (const [id, { dialog }] of open) {
    if (wanted.has(id)) continue;
    open.delete(id);
    dialog.dataset.gone = "yes";
    dialog.close();
  }
  for (const view of state.stack) {
    const shown = open.get(view.id);
    if (!shown) show(view);
    else if (signature(shown.view) !== signature(view)) update(shown, view);
  }
}

function show(view) {
  const title = uid("modal");
  const dialog = h("dialog.dialog.dialog-modal", { "aria-labelledby": title, data: { view: view.id } });
  const shown = { dialog, view, title };
  const before = document.activeElement;
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    dismiss(shown);
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before?.isConnected) before.focus({ preventScroll: true });
  });
  open.set(view.id, shown);
  fill(shown);
  document.body.append(dialog);
  dialog.showModal();
  (dialog.querySelector(".dialog-body :is(input, textarea, select)") ?? dialog.querySelector(".dialog-foot .primary") ?? dialog).focus();
}

function update(shown, view) {
  const typed = collect(shown.dialog);
  const focus = shown.dialog.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  shown.view = view;
  fill(shown, typed);
  const again = focus && [...shown.dialog.querySelectorAll("[data-focus]")].find((node) => node.dataset.focus === focus);
  (again ?? shown.dialog.querySelector(".dialog-body :is(input, textarea, select)") ?? shown.dialog).focus();
}

function fill(shown, typed = {}) {
  const { dialog, view } = shown;
  const ctx = context("modal", { view_id: view.id }, () => dialog);
  const form = h("form.dialog-form", { novalidate: true, on: { submit: (event) => (event.preventDefault(), submit(shown)) } });
  form.append(
    h("header.dialog-head", {}, h("h2.dialog-title", { id: shown.title }, withEmoji(view.title?.text ?? "")), iconButton("close", "Close", () => dismiss(shown))),
    h("div.dialog-body", {}, h("p.dialog-problem", { role: "alert", hidden: true }), renderBlocks(keepTyped(view.blocks, typed), ctx)),
    h("footer.dialog-foot", {}, h("span.step", {}, depth(view)), h("button.button", { type: "button", on: { click: () => dismiss(shown) } }, view.close?.text ?? "Cancel"), view.submit && h("button.button.primary", { type: "submit" }, view.submit.text)),
  );
  dialog.replaceChildren(form);
}

const depth = (view) => (state.stack.length > 1 ? `Step ${state.stack.findIndex((one) => one.id === view.id) + 1}` : "");

// After an update, inputs of the same block_id and action_id keep what the person typed.
function keepTyped(blocks, typed) {
  return blocks.map((block) => {
    const value = block.type === "input" && typed[block.block_id]?.[block.element?.action_id];
    return value ? { ...block, element: { ...block.element, ...asInitial(value) } } : block;
  });
}

function asInitial(value) {
  const entries = Object.entries(value).filter(([key, one]) => key !== "type" && one !== null);
  return Object.fromEntries(entries.map(([key, one]) => [key.replace(/^(selected_)?/, "initial_"), one]));
}

async function submit(shown) {
  const { dialog, view } = shown;
  if (dialog.dataset.busy) return;
  clearErrors(dialog);
  dialog.dataset.busy = "yes";
  dialog.querySelector(".dialog-foot .primary")?.setAttribute("aria-busy", "true");
  try {
    const answer = await api.submit(state.me.id, { view_id: view.id, values: collect(dialog) });
    if (answer.errors) showErrors(dialog, answer.errors);
    else if (answer.delivered === false) problem(dialog, answer.message ?? "The app did not answer.");
  } catch (error) {
    problem(dialog, error.message);
  } finally {
    delete dialog.dataset.busy;
    dialog.querySelector(".dialog-foot .primary")?.removeAttribute("aria-busy");
  }
}

function clearErrors(dialog) {
  problem(dialog, "");
  for (const block of dialog.querySelectorAll("[data-input-block]")) {
    block.classList.remove("invalid");
    block.querySelector(".input-error").hidden = true;
    block.querySelector("[aria-invalid]")?.removeAttribute("aria-invalid");
  }
}

function problem(dialog, text) {
  const line = dialog.querySelector(".dialog-problem");
  line.textContent = text;
  line.hidden = !text;
}

function showErrors(dialog, errors) {
  const blocks = [...dialog.querySelectorAll("[data-input-block]")];
  let first = null;
  for (const [id, text] of Object.entries(errors)) {
    const block = blocks.find((one) => one.dataset.inputBlock === id);
    if (!block) {
      problem(dialog, text);
      continue;
    }
    const line = block.querySelector(".input-error");
    line.textContent = text;
    line.hidden = false;
    block.classList.add("invalid");
    const control = block.querySelector("input, textarea, select");
    control?.setAttribute("aria-invalid", "true");
    first ??= control;
  }
  first?.focus();
}

async function dismiss({ view }) {
  try {
    await api.close(state.me.id, { view_id: view.id });
  } catch (error) {
    say(error.message, "error");
  }
}
