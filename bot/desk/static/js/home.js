// The app's Home tab, inside the direct messages with it.

import { api } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { h, signature } from "./dom.js";
import { context } from "./message.js";
import { say } from "./notices.js";
import { state, watch } from "./store.js";

let opened = null;

/** Start drawing the Home tab. */
export function startHome() {
  watch("home people", draw);
}

/** Tell the app that the person looks at a tab, once each time. `leave` forgets it. */
export function openHome(tab) {
  if (opened === tab) return;
  opened = tab;
  api.openHome(state.me.id, tab).catch((error) => say(error.message, "error"));
}

/** The person went elsewhere: the next look counts as a new one. */
export function leaveHome() {
  opened = null;
}

function draw() {
  const home = document.getElementById("home");
  const view = state.home;
  const sig = view ? signature(view) : "none";
  if (home.dataset.sig === sig) return;
  home.dataset.sig = sig;
  const focus = home.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  if (!view) {
    home.replaceChildren(h("p.empty", {}, `${state.bot?.name ?? "The app"} has not published its home yet.`));
    return;
  }
  const ctx = context("home", { view_id: view.id }, () => home);
  home.replaceChildren(h("div.home-page", {}, renderBlocks(view.blocks, ctx)));
  if (focus) [...home.querySelectorAll("[data-focus]")].find((node) => node.dataset.focus === focus)?.focus({ preventScroll: true });
}
