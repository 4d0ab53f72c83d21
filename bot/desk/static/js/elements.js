// Block Kit's interactive elements. `ELEMENTS[type](element, at, ctx)` makes the control; `at` is {block, input}: the
// block's id, and whether it stands in an input block (then it waits for submit unless dispatch_action is set).
// A control that holds a value answers `node.deskRead()` with Slack's state object.

import { asked } from "./confirm.js";
import { h, icon, uid } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { mrkdwn, safeUrl } from "./mrkdwn.js";
import { showMenu } from "./menu.js";

/** A text object: plain_text (emoji only) or mrkdwn. */
export function textOf(object, ctx) {
  if (!object) return [];
  if (typeof object === "string") return [withEmoji(object)];
  return object.type === "mrkdwn" ? mrkdwn(object.text, ctx.names) : [withEmoji(object.text ?? "")];
}

const plain = (object) => withEmoji(typeof object === "string" ? object : (object?.text ?? ""));
const focusKey = (element, at) => `${at.block}/${element.action_id}`;

/** Whatever is not known is shown, never swallowed. */
export function unknown(what, thing) {
  const type = thing && typeof thing === "object" ? (thing.type ?? "without a type") : String(thing);
  return h(
    "details.unknown",
    { open: true },
    h("summary", {}, `Unknown ${what}: ${type}`),
    h("p.unknown-note", {}, "This desk cannot draw it. Slack may. Its JSON:"),
    h("pre", { tabindex: "0" }, h("code", {}, JSON.stringify(thing, null, 2))),
  );
}

/** One element, or a labelled box with its JSON. */
export function renderElement(element, at, ctx) {
  const make = ELEMENTS[element?.type];
  return make ? make(element, at, ctx) : unknown("element", element);
}

function hold(node, element, at, read) {
  node.dataset.input = "";
  node.dataset.block = at.block;
  node.dataset.action = element.action_id;
  node.deskRead = () => ({ type: element.type, ...read() });
  return node;
}

// Sends a change to the bot after the confirm, or takes it back. Inside an input block nothing is sent.
function sender(element, at, ctx, undo) {
  return async (extra, node) => {
    if (at.input && !at.dispatch) return;
    if (!(await asked(element.confirm))) {
      undo?.();
      return;
    }
    await ctx.act({ block_id: at.block, action_id: element.action_id, ...extra }, node);
  };
}

function button(element, at, ctx) {
  const style = { primary: "primary", danger: "danger" }[element.style] ?? "";
  const send = sender(element, at, ctx);
  const props = { class: style, "aria-label": element.accessibility_label ?? null, data: { focus: focusKey(element, at), action: element.action_id ?? "" } };
  const url = safeUrl(element.url);
  const label = h("span.button-label", {}, plain(element.text));
  if (url) return h("a.button", { ...props, href: url, target: "_blank", rel: "noopener noreferrer", on: { click: () => ctx.act({ block_id: at.block, action_id: element.action_id }) } }, label, icon("out"));
  const node = h("button.button", { ...props, type: "button", on: { click: () => send({ value: element.value }, node) } }, label);
  return node;
}

function options(element) {
  if (element.option_groups) return element.option_groups.map((group) => h("optgroup", { label: plain(group.label) }, group.options.map(option(element))));
  return (element.options ?? []).map(option(element));
}

const option = (element) => (one) => h("option", { value: one.value, selected: element.initial_option?.value === one.value }, plain(one.text));
const allOptions = (element) => element.options ?? (element.option_groups ?? []).flatMap((group) => group.options);

function staticSelect(element, at, ctx) {
  let last = element.initial_option?.value ?? "";
  const empty = h("option", { value: "", selected: !last }, plain(element.placeholder) || "Choose…");
  const select = h("select.control", { "aria-label": plain(element.placeholder) || "Choose", data: { focus: focusKey(element, at) } }, empty, options(element));
  const chosen = () => allOptions(element).find((one) => one.value === select.value) ?? null;
  const send = sender(element, at, ctx, () => (select.value = last));
  select.addEventListener("change", async () => {
    if (!chosen()) return;
    await send({ selected_option: chosen() }, select);
    last = select.value;
  });
  return hold(h("span.select", {}, select, icon("down")), element, at, () => ({ selected_option: chosen() }));
}

function multiSelect(element, at, ctx) {
  return checks({ ...element, initial_options: element.initial_options ?? [], options: allOptions(element) }, at, ctx);
}

function people(many, field, source) {
  return (element, at, ctx) => {
    const list = source(ctx).map((one) => ({ text: { type: "plain_text", text: one.name }, value: one.id }));
    const initial = [element[`initial_${field}`] ?? []].flat();
    const shaped = { ...element, options: list, initial_option: list.find((o) => initial.includes(o.value)), initial_options: list.filter((o) => initial.includes(o.value)) };
    const values = (extra) => (many ? { [field]: extra.selected_options.map((o) => o.value) } : { [field]: extra.selected_option?.value ?? null });
    const inner = { ...ctx, act: ({ block_id: block, action_id: action, ...extra }, node) => ctx.act({ block_id: block, action_id: action, ...values(extra) }, node) };
    const node = (many ? checks : staticSelect)(shaped, at, inner);
    const read = node.deskRead;
    return hold(node, element, at, () => values(read()));
  };
}

function choices(kind, one, at, ctx, { initial, onChange }) {
  const name = uid("choice");
  return (one.options ?? []).map((option, index) => {
    const id = uid("choice");
    const note = option.description ? uid("note") : null;
    const input = h("input", { type: kind, name, id, value: option.value, checked: initial.includes(option.value), "aria-describedby": note, data: { focus: `${focusKey(one, at)}/${index}` }, on: { change: onChange } });
    return h("div.choice", {}, input, h("label", { for: id }, h("span", {}, textOf(option.text, ctx)), option.description && h("span.choice-note", { id: note }, textOf(option.description, ctx))));
  });
}

function radios(element, at, ctx) {
  let last = element.initial_option?.value ?? null;
  const group = h("div.choices", { role: "radiogroup" });
  const value = () => (element.options ?? []).find((one) => one.value === group.querySelector("input:checked")?.value) ?? null;
  const undo = () => group.querySelectorAll("input").forEach((input) => (input.checked = input.value === last));
  const send = sender(element, at, ctx, undo);
  const onChange = async () => {
    await send({ selected_option: value() }, group);
    last = group.querySelector("input:checked")?.value ?? null;
  };
  group.append(...choices("radio", element, at, ctx, { initial: [last], onChange }));
  return hold(group, element, at, () => ({ selected_option: value() }));
}

function checks(element, at, ctx) {
  const group = h("div.choices", { role: "group" });
  let last = (element.initial_options ?? []).map((one) => one.value);
  const picked = () => [...group.querySelectorAll("input:checked")].map((input) => input.value);
  const value = () => (element.options ?? []).filter((one) => picked().includes(one.value));
  const undo = () => group.querySelectorAll("input").forEach((input) => (input.checked = last.includes(input.value)));
  const send = sender(element, at, ctx, undo);
  const onChange = async () => {
    await send({ selected_options: value() }, group);
    last = picked();
  };
  group.append(...choices("checkbox", element, at, ctx, { initial: last, onChange }));
  return hold(group, element, at, () => ({ selected_options: value() }));
}

function overflow(element, at, ctx) {
  const send = sender(element, at, ctx);
  const entries = (element.options ?? []).map((one) => ({
    label: textOf(one.text, ctx),
    note: one.description ? plain(one.description) : null,
    url: safeUrl(one.url),
    run: () => send({ selected_option: one }, node),
  }));
  const node = h("button.icon-button.framed", { type: "button", "aria-label": "More actions", "aria-haspopup": "menu", "aria-expanded": "false", data: { focus: focusKey(element, at) }, on: { click: () => showMenu(node, entries, "More actions") } }, icon("more"));
  return node;
}

function field(type, extra = () => ({})) {
  return (element, at, ctx) => {
    const multiline = type === "text" && element.multiline;
    const initial = element.initial_value ?? element.initial_date ?? element.initial_time ?? (element.initial_date_time ? localIso(element.initial_date_time) : "");
    const props = { class: "control", placeholder: plain(element.placeholder) || null, autocomplete: "off", value: initial, data: { focus: focusKey(element, at) }, "aria-label": at.input ? null : plain(element.placeholder) || "Value", ...extra(element) };
    const node = multiline ? h("textarea", { ...props, rows: "4" }) : h("input", { ...props, type });
    const send = sender(element, at, ctx);
    const value = () => valueOf(element.type, node.value);
    const mine = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
    if (["date", "time", "datetime-local"].includes(type)) node.addEventListener("change", () => send(value(), node));
    else if (mine.includes("on_character_entered")) node.addEventListener("input", () => send(value(), node));
    if (!multiline && mine.includes("on_enter_pressed")) {
      node.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || (at.input && !at.dispatch)) return;
        event.preventDefault();
        send(value(), node);
      });
    }
    return hold(node, element, at, value);
  };
}

const localIso = (unix) => {
  const date = new Date(unix * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

function valueOf(type, text) {
  const value = text === "" ? null : text;
  if (type === "datepicker") return { selected_date: value };
  if (type === "timepicker") return { selected_time: value };
  if (type === "datetimepicker") return { selected_date_time: value && Math.floor(new Date(value).getTime() / 1000) };
  return { value };
}

/** An image, or its alternative text where the browser may not or cannot load it. */
export function picture(element) {
  const url = element.image_url ?? element.slack_file?.url;
  const alt = element.alt_text ?? "";
  const missing = () => h("span.image-missing", { role: "img", "aria-label": alt }, `Image: ${alt || "no description"}`);
  if (!/^(https?:\/\/|\/)/i.test(url ?? "")) return missing();
  const node = h("img", { src: url, alt, loading: "lazy", referrerpolicy: "no-referrer", on: { error: () => node.replaceWith(missing()) } });
  return node;
}

function feedback(element, at, ctx) {
  const buttons = [
    ["positive_button", "👍"],
    ["negative_button", "👎"],
  ].map(([key, sign]) => {
    const one = element[key];
    if (!one) return null;
    const node = h("button.button.quiet", { type: "button", "aria-label": one.accessibility_label ?? null, data: { focus: `${focusKey(element, at)}/${key}` }, on: { click: () => ctx.act({ block_id: at.block, action_id: element.action_id, value: one.value }, node) } }, h("span", { "aria-hidden": "true" }, sign), plain(one.text));
    return node;
  });
  return h("span.feedback", {}, buttons.filter(Boolean));
}

function iconAction(element, at, ctx) {
  const send = sender(element, at, ctx);
  const node = h("button.button.quiet", { type: "button", "aria-label": element.accessibility_label ?? null, data: { focus: focusKey(element, at) }, on: { click: () => send({ value: element.value }, node) } }, element.icon === "trash" ? icon("trash") : null, plain(element.text));
  return node;
}

const numberLimits = (e) => ({ inputmode: e.is_decimal_allowed ? "decimal" : "numeric", step: e.is_decimal_allowed ? "any" : "1", min: e.min_value ?? null, max: e.max_value ?? null });
const textLimits = (e) => ({ maxlength: e.max_length ?? null, minlength: e.min_length ?? null });
const staff = (ctx) => ctx.people();
const rooms = (ctx) => ctx.channels();

const ELEMENTS = {
  button,
  workflow_button: button,
  static_select: staticSelect,
  multi_static_select: multiSelect,
  users_select: people(false, "selected_user", staff),
  multi_users_select: people(true, "selected_users", staff),
  channels_select: people(false, "selected_channel", rooms),
  multi_channels_select: people(true, "selected_channels", rooms),
  conversations_select: people(false, "selected_conversation", rooms),
  multi_conversations_select: people(true, "selected_conversations", rooms),
  radio_buttons: radios,
  checkboxes: checks,
  overflow,
  plain_text_input: field("text", textLimits),
  // A text field, so that the server answers a malformed number with Slack's words beside the input.
  number_input: field("text", numberLimits),
  email_text_input: field("text", () => ({ inputmode: "email" })),
  url_text_input: field("text", () => ({ inputmode: "url" })),
  datepicker: field("date"),
  timepicker: field("time"),
  datetimepicker: field("datetime-local"),
  image: picture,
  feedback_buttons: feedback,
  icon_button: iconAction,
};

/** What stands in every input under `root`: {block_id: {action_id: {type, …}}}. */
export function collect(root) {
  const values = {};
  for (const node of root.querySelectorAll("[data-input]")) {
    const { block, action } = node.dataset;
    values[block] = { ...values[block], [action]: node.deskRead() };
  }
  return values;
}
