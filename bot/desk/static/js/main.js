// The practice desk's page: load the state, follow the events, start the parts.

import { api, follow } from "./api.js";
import { startChannel } from "./channel.js";
import { followAnswer, startComposers } from "./composer.js";
import { leaveHome, startHome } from "./home.js";
import { startModals } from "./modals.js";
import { plain } from "./mrkdwn.js";
import { announce, say, settleNotices, startNotices } from "./notices.js";
import { follow as followLink, go, start as startRoute, up } from "./route.js";
import { startSide } from "./side.js";
import { startSidebar } from "./sidebar.js";
import { apply, changed, channelOf, isBot, load, names, person, state, watch } from "./store.js";
import { startWorld } from "./world.js";

const byId = (id) => document.getElementById(id);

async function boot() {
  let data;
  try {
    data = await api.state();
  } catch (error) {
    byId("boot").textContent = `${error.message} Reload the page to try again.`;
    byId("boot").hidden = false;
    return;
  }
  load(data);
  startRoute();
  startNotices();
  startSidebar();
  startChannel();
  startComposers();
  startHome();
  startModals();
  startSide();
  if (state.hasWorld) startWorld();
  settleNotices();
  panes();
  follow(state.me.id, state.seq, onEvent, onLink);
  document.body.classList.remove("booting");
}

function onEvent(event) {
  apply(event);
  if (event.type === "message" || event.type === "ephemeral") onMessage(event.message);
  if (event.type === "notice") say(event.text);
  if (event.type === "refusal") announce("Slack would refuse what the app just sent. See the red panel.");
  if (event.type === "delivery_failed") say(event.failure.message ?? event.failure.reason, "error");
}

function onMessage(message) {
  followAnswer(message, isBot(message));
  if (message.user === state.me.id) return;
  const place = channelOf(message.channel)?.name ?? "";
  const mark = message.ephemeral_to ? "only visible to you, " : "";
  announce(`${person(message.user)?.name ?? "Somebody"} in ${place}, ${mark}${plain(message.text, names)}`);
}

// After a break the desk may have been restarted, with everything anew: then the state is taken in again.
async function onLink(up) {
  const back = up && !state.online;
  state.online = up;
  changed("link");
  if (!back) return;
  const data = await api.state(state.me.id).catch(() => null);
  if (data) load(data);
}

// Which pane fills a phone's screen; and the buttons that lead from one to the other.
function panes() {
  watch("route", () => {
    const { view, thread, channel } = state.route;
    document.body.dataset.view = view === "thread" && !thread ? "channel" : view;
    document.body.classList.toggle("side-open", view === "side");
    byId("open-side").textContent = view === "side" && thread ? "Back to the thread" : "Try & world";
    if (!channelOf(channel)?.is_im) leaveHome();
  });
  for (const button of document.querySelectorAll("[data-up]")) button.addEventListener("click", up);
  byId("open-side").addEventListener("click", () => go({ view: state.route.view === "side" ? (state.route.thread ? "thread" : "channel") : "side" }));
  addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (link && !event.ctrlKey && !event.metaKey && followLink(link.href)) event.preventDefault();
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (byId("thread").contains(document.activeElement)) go({ thread: null, view: "channel" });
  });
}


boot();
