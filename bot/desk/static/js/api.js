// The desk's JSON API and its event stream. Nothing else in the page talks to the server.

const person = new URLSearchParams(location.search).get("person");

/** A request the desk refused; `message` is a sentence for a person. */
export class Refused extends Error {
  constructor(code, message, status) {
    super(message || "The desk refused this request.");
    this.code = code;
    this.status = status;
  }
}

async function call(path, options) {
  let response;
  try {
    response = await fetch(path, { ...options, headers: { accept: "application/json", ...options?.headers } });
  } catch {
    throw new Refused("offline", "The desk does not answer. Is it still running?", 0);
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(body.error ?? "error", body.message ?? body.error, response.status);
  return body;
}

const post = (path, body) => call(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
const asMe = (me, body) => ({ person: me, ...body });

/** Every call, by name; `me` is the id of the tab's person. */
export const api = {
  state: (me = person) => call(`/desk/state${me ? `?person=${encodeURIComponent(me)}` : ""}`),
  upload: (me, file) => call(`/desk/file?${new URLSearchParams({ person: me, name: file.name })}`, { method: "POST", body: file }),
  message: (me, body) => post("/desk/message", asMe(me, body)),
  command: (me, body) => post("/desk/command", asMe(me, body)),
  shortcut: (me, body) => post("/desk/shortcut", asMe(me, body)),
  action: (me, body) => post("/desk/action", asMe(me, body)),
  submit: (me, body) => post("/desk/view_submit", asMe(me, body)),
  close: (me, body) => post("/desk/view_close", asMe(me, body)),
  openHome: (me, tab) => post("/desk/open_home", asMe(me, { tab })),
  react: (me, body) => post("/desk/reaction", asMe(me, body)),
  world: () => call("/desk/world"),
  worldDo: (verb, body) => post(`/desk/world/${verb}`, body ?? {}),
};

/**
 * Follow the events of `me` from `since` on. Reconnects by itself, with growing pauses, resuming where it stopped.
 * `onEvent(event)` gets each event once; `onLink(up)` says when the line breaks or is back.
 */
export function follow(me, since, onEvent, onLink) {
  let seen = since;
  let pause = 500;
  let source = null;
  const connect = () => {
    source = new EventSource(`/desk/events?person=${encodeURIComponent(me)}&since=${seen}`);
    source.onopen = () => {
      pause = 500;
      onLink(true);
    };
    source.onmessage = ({ data }) => {
      const event = JSON.parse(data);
      if (event.seq <= seen) return;
      seen = event.seq;
      onEvent(event);
    };
    source.onerror = () => {
      source.close();
      onLink(false);
      setTimeout(connect, pause);
      pause = Math.min(pause * 2, 8000);
    };
  };
  connect();
  addEventListener("pagehide", () => source?.close());
}
