// Block Kit's blocks as DOM nodes. `ctx` is {surface, names, act(payload, node), people(), channels()}.

import { h, icon, uid } from "./dom.js";
import { picture, renderElement, textOf, unknown } from "./elements.js";
import { markdown } from "./markdown.js";
import { richText } from "./richtext.js";
import { dataTable, table } from "./tables.js";

/** All blocks, in order. */
export const renderBlocks = (blocks, ctx) => (blocks ?? []).map((block, index) => renderBlock(block, ctx, index));

/** One block. A block that is unknown, or that breaks while drawn, is shown as a labelled box with its JSON. */
function renderBlock(block, ctx, index = 0) {
  const make = BLOCKS[block?.type];
  if (!make) return unknown("block", block);
  const at = { block: block.block_id ?? `b${index}`, input: false };
  try {
    return make(block, ctx, at);
  } catch (error) {
    console.warn("A block could not be drawn", block, error);
    return unknown("block", block);
  }
}

function section(block, ctx, at) {
  const text = block.text && h("div.prose", {}, textOf(block.text, ctx));
  const fields = block.fields?.length ? h("div.fields", {}, block.fields.map((field) => h("div.prose.field", {}, textOf(field, ctx)))) : null;
  const accessory = block.accessory && h("div.section-accessory", { class: block.accessory.type === "image" ? "with-image" : "" }, renderElement(block.accessory, at, ctx));
  return h("div.block.block-section", {}, h("div.section-main", {}, text, fields), accessory);
}

const LEVELS = { 1: "h3", 2: "h4", 3: "h5", 4: "h6" };

function header(block, ctx) {
  return h(LEVELS[block.level] ?? "h3", { class: `block block-header level-${block.level ?? 1}` }, textOf(block.text, ctx));
}

function context(block, ctx) {
  const parts = (block.elements ?? []).map((element) => {
    if (element.type === "image") return h("span.context-image", {}, picture(element));
    if (element.type === "mrkdwn" || element.type === "plain_text") return h("span.prose", {}, textOf(element, ctx));
    return unknown("context element", element);
  });
  return h("div.block.block-context", {}, parts);
}

function actions(block, ctx, at) {
  return h("div.block.block-actions", {}, (block.elements ?? []).map((element) => renderElement(element, at, ctx)));
}

function input(block, ctx, at) {
  const label = uid("label");
  const hint = block.hint ? uid("hint") : null;
  const error = uid("error");
  const element = renderElement(block.element, { ...at, input: true, dispatch: Boolean(block.dispatch_action) }, ctx);
  const control = element.matches("input, textarea, [role]") ? element : (element.querySelector("select") ?? element);
  control.removeAttribute("aria-label");
  control.setAttribute("aria-labelledby", label);
  control.setAttribute("aria-describedby", [hint, error].filter(Boolean).join(" "));
  if (!block.optional && !control.matches("[role]")) control.setAttribute("aria-required", "true");
  if (!control.id) control.id = uid("control");
  return h(
    "div.block.block-input",
    { data: { inputBlock: at.block } },
    h("label.input-label", { id: label, for: control.id }, textOf(block.label, ctx), block.optional && h("span.optional", {}, " (optional)")),
    element,
    block.hint && h("p.hint", { id: hint }, textOf(block.hint, ctx)),
    h("p.input-error", { id: error, hidden: true }),
  );
}

function imageBlock(block, ctx) {
  return h("figure.block.block-image", {}, block.title && h("figcaption", {}, textOf(block.title, ctx)), picture(block));
}

const ALERTS = { info: "info", default: "info", warning: "warning", error: "error", success: "success" };

function alert(block, ctx) {
  const level = ALERTS[block.level] ?? "info";
  const word = { info: "Note", warning: "Careful", error: "Problem", success: "Done" }[level];
  return h("div.block.block-alert", { class: `alert-${level}`, role: "note" }, icon(level === "success" ? "check" : "warn"), h("div.prose", {}, h("span.sr-only", {}, `${word}: `), textOf(block.text, ctx)));
}

function card(block, ctx, at) {
  const picked = block.icon ?? block.slack_icon;
  return h(
    "section.block.block-card",
    {},
    block.hero_image && h("div.card-hero", {}, picture(block.hero_image)),
    (block.title || block.subtitle || picked?.image_url) &&
      h("header.card-head", {}, picked?.image_url && h("span.card-icon", {}, picture(picked)), h("div", {}, block.title && h("h4.card-title", {}, textOf(block.title, ctx)), block.subtitle && h("p.card-subtitle", {}, textOf(block.subtitle, ctx)))),
    block.body && h("div.prose.card-body", {}, textOf(block.body, ctx)),
    block.subtext && h("p.card-subtext", {}, textOf(block.subtext, ctx)),
    block.actions?.length && h("div.block-actions", {}, block.actions.map((element) => renderElement(element, at, ctx))),
  );
}

const TASKS = { pending: "Waiting", in_progress: "Working", complete: "Done", error: "Failed" };

function task(block, ctx) {
  const status = TASKS[block.status] ? block.status : "pending";
  const rich = (part) => (part ? h("div.prose", {}, richText(part, ctx)) : null);
  const sources = (block.sources ?? []).map((source) => h("span.task-source", {}, source.text ?? source.url ?? ""));
  return h(
    "div.block.block-task",
    { class: `task-${status}` },
    h("span.task-dot", { "aria-hidden": "true" }),
    h("div", {}, h("p.task-title", {}, block.title ?? "", " ", h("span.task-status", {}, TASKS[status])), rich(block.details), rich(block.output), sources.length ? h("p.task-sources", {}, sources) : null),
  );
}

function plan(block, ctx) {
  const title = typeof block.title === "string" ? block.title : (block.title?.text ?? "");
  return h("section.block.block-plan", {}, h("h4.plan-title", {}, title), (block.tasks ?? []).map((one) => task(one, ctx)));
}

function container(block, ctx) {
  return h("section.block.block-container", {}, block.title && h("h4.card-title", {}, textOf(block.title, ctx)), renderBlocks(block.child_blocks ?? block.blocks, ctx));
}

const BLOCKS = {
  section,
  header,
  context,
  actions,
  input,
  image: imageBlock,
  alert,
  card,
  plan,
  task_card: task,
  container,
  table: (block, ctx) => h("div.block.block-table", {}, table(block, ctx)),
  data_table: (block, ctx) => h("div.block.block-table", {}, dataTable(block, ctx)),
  divider: () => h("hr.block.block-divider"),
  rich_text: (block, ctx) => h("div.block.prose.rich-text", {}, richText(block, ctx)),
  markdown: (block) => h("div.block.prose.markdown", {}, markdown(block.text)),
  context_actions: (block, ctx, at) => h("div.block.block-actions.block-context-actions", {}, (block.elements ?? []).map((element) => renderElement(element, at, ctx))),
  carousel: (block, ctx) => h("div.block.block-carousel", { tabindex: "0", role: "region", "aria-label": "Cards" }, (block.elements ?? block.cards ?? []).map((one) => renderBlock({ type: "card", ...one }, ctx))),
};
