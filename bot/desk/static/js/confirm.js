// Slack's confirm dialog as a native <dialog>: focus is trapped, Escape means no.

import { h, uid } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { withEmoji } from "./emoji.js";
import { names } from "./store.js";

/** Ask, and resolve to true after the confirm button. `confirm` is Slack's confirmation object; null asks nothing. */
export function asked(confirm) {
  if (!confirm) return Promise.resolve(true);
  return new Promise((resolve) => {
    const title = uid("confirm");
    const body = uid("confirm");
    const style = confirm.style === "danger" ? "danger" : "primary";
    const text = confirm.text?.type === "plain_text" ? withEmoji(confirm.text.text) : mrkdwn(confirm.text?.text, names);
    const dialog = h(
      "dialog.dialog.dialog-small",
      { role: "alertdialog", "aria-labelledby": title, "aria-describedby": body },
      h("h2.dialog-title", { id: title }, withEmoji(confirm.title?.text ?? "Are you sure?")),
      h("div.dialog-body.prose", { id: body }, text),
      h(
        "div.dialog-foot",
        {},
        h("button.button", { type: "button", on: { click: () => dialog.close("no") } }, confirm.deny?.text ?? "Cancel"),
        h(`button.button.${style}`, { type: "button", autofocus: true, on: { click: () => dialog.close("yes") } }, confirm.confirm?.text ?? "Yes"),
      ),
    );
    const before = document.activeElement;
    dialog.addEventListener("close", () => {
      dialog.remove();
      before?.focus?.({ preventScroll: true });
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
