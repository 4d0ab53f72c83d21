// What the page knows, and how events change it. No DOM here: views subscribe to topics and draw themselves.

export const state = {
  seq: 0,
  team: null,
  me: null,
  bot: null,
  people: new Map(),
  groups: new Map(),
  channels: [],
  messages: new Map(), // channel -> Map(ts -> message)
  statuses: new Map(), // "channel thread_ts" -> status
  home: null,
  stack: [],
  commands: [],
  shortcuts: [],
  tries: [],
  refusals: [],
  failures: [],
  delivery: null,
  online: true,
  world: null,
  hasWorld: false,
  read: new Map(), // channel -> ts of the newest message seen
  fresh: new Map(), // thread root ts -> newest unseen reply
  // Where the person is. On a phone `view` says which of the panes fills the screen.
  route: { channel: null, thread: null, view: "channel", side: "tries", tab: "messages" },
};

const listeners = new Map();
let due = new Set();

/** Call `draw` after any of the space-separated `topics` changed, once a tick. */
export function watch(topics, draw) {
  for (const topic of topics.split(" ")) {
    if (!listeners.has(topic)) listeners.set(topic, new Set());
    listeners.get(topic).add(draw);
  }
}

/** Say that topics changed. */
export function changed(...topics) {
  if (!due.size) queueMicrotask(flush);
  for (const topic of topics) due.add(topic);
}

function flush() {
  const topics = due;
  due = new Set();
  const draws = new Set([...topics].flatMap((topic) => [...(listeners.get(topic) ?? [])]));
  for (const draw of draws) draw();
}

/** Take in a whole `GET /desk/state`. */
export function load(data) {
  const first = state.me === null;
  Object.assign(state, {
    seq: data.seq,
    team: data.team,
    me: shown(data.me),
    bot: data.bot,
    people: new Map(data.people.map((one) => [one.id, shown(one)])),
    groups: new Map((data.user_groups ?? []).map((group) => [group.id, group])),
    channels: data.channels,
    messages: new Map(Object.entries(data.messages).map(([id, list]) => [id, new Map(list.map((m) => [m.ts, m]))])),
    statuses: new Map((data.statuses ?? []).filter((s) => s.status).map((s) => [statusKey(s), s])),
    home: data.views?.home ?? null,
    stack: data.views?.stack ?? [],
    commands: data.commands ?? [],
    shortcuts: data.shortcuts ?? [],
    tries: data.tries ?? [],
    refusals: data.refusals ?? [],
    failures: data.failures ?? [],
    delivery: data.delivery ?? null,
    hasWorld: Boolean(data.world_url),
  });
  if (first) for (const channel of state.channels) markRead(channel.id);
  changed("people", "channels", "messages", "views", "home", "tries", "notices", "link", "world", "route");
}

// People are called by their real name; `handle` is what a typed @mention says.
const shown = (one) => ({ ...one, name: one.real_name || one.name, handle: one.name });

const statusKey = ({ channel, thread_ts: thread }) => `${channel} ${thread}`;

const REDUCERS = {
  message: ({ message, parent }) => {
    put(message);
    if (parent) put(parent);
    if (isBot(message)) state.statuses.delete(statusKey({ channel: message.channel, thread_ts: message.thread_ts ?? message.ts }));
    noteFresh(message);
    changed("messages", "channels");
  },
  message_changed: ({ message }) => {
    put(message);
    changed("messages");
  },
  message_deleted: ({ channel, ts }) => {
    state.messages.get(channel)?.delete(ts);
    changed("messages", "channels");
  },
  ephemeral: ({ message }) => {
    put(message);
    noteFresh(message);
    changed("messages", "channels");
  },
  ephemeral_changed: ({ message }) => {
    put(message);
    changed("messages");
  },
  ephemeral_deleted: ({ channel, ts }) => {
    state.messages.get(channel)?.delete(ts);
    changed("messages");
  },
  view: ({ stack }) => {
    state.stack = stack;
    changed("views");
  },
  home: ({ view }) => {
    state.home = view;
    changed("home");
  },
  status: (status) => {
    if (status.status) state.statuses.set(statusKey(status), status);
    else state.statuses.delete(statusKey(status));
    changed("messages");
  },
  refusal: ({ refusal }) => {
    state.refusals.push(refusal);
    changed("notices");
  },
  delivery_failed: ({ failure }) => {
    state.failures.push(failure);
    changed("notices");
  },
  delivery: ({ connected }) => {
    state.delivery = { ...state.delivery, connected };
    changed("link");
  },
  world: () => changed("world-due"),
};

/** Apply one event of the stream. Unknown types are ignored: a newer desk may send more. */
export function apply(event) {
  state.seq = event.seq;
  REDUCERS[event.type]?.(event);
}

/** Add or replace a message. */
export function put(message) {
  if (!state.messages.has(message.channel)) state.messages.set(message.channel, new Map());
  state.messages.get(message.channel).set(message.ts, message);
}

function noteFresh(message) {
  const root = message.thread_ts;
  const open = state.route.thread === root && state.route.channel === message.channel;
  if (root && root !== message.ts && !open && message.user !== state.me.id) state.fresh.set(root, message.ts);
}

const byTs = (a, b) => Number.parseFloat(a.ts) - Number.parseFloat(b.ts) || a.ts.localeCompare(b.ts);

export const isBot = (message) => Boolean(message.bot) || message.user === state.bot?.user_id;
export const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;

/** The top-level messages of a channel, oldest first. */
export const topLevel = (channel) => [...(state.messages.get(channel)?.values() ?? [])].filter((m) => !isReply(m) || m.reply_broadcast).sort(byTs);

/** A thread: its root first. */
export function threadOf(channel, root) {
  const all = [...(state.messages.get(channel)?.values() ?? [])];
  return all.filter((m) => m.ts === root || m.thread_ts === root).sort(byTs);
}

export const statusOf = (channel, thread) => state.statuses.get(`${channel} ${thread}`) ?? null;

export const channelOf = (id) => state.channels.find((channel) => channel.id === id) ?? null;
export const person = (id) => state.people.get(id) ?? (id === state.bot?.user_id ? { id, name: state.bot.name, is_bot: true } : null);

/** Who is who, for mrkdwn. */
export const names = {
  get me() {
    return state.me?.id;
  },
  user: (id) => person(id)?.name ?? null,
  channel: (id) => channelOf(id)?.name ?? null,
  group: (id) => state.groups.get(id)?.handle ?? null,
};

/** Whether a message calls the tab's person: by name, by a group of theirs, or everybody. */
function callsMe(message) {
  const groups = [...state.groups.values()].filter((group) => group.members?.includes(state.me.id)).map((group) => `<!subteam^${group.id}`);
  return [`<@${state.me.id}`, "<!here", "<!channel", "<!everyone", ...groups].some((mark) => message.text?.includes(mark));
}

/** {count, called} of what the person has not seen in a channel. */
export function unread(channel) {
  const seen = Number.parseFloat(state.read.get(channel) ?? "0");
  const news = [...(state.messages.get(channel)?.values() ?? [])].filter((m) => Number.parseFloat(m.ts) > seen && m.user !== state.me.id);
  const own = news.filter((m) => !isReply(m) || callsMe(m) || m.ephemeral_to);
  const direct = channelOf(channel)?.is_im;
  return { count: own.length, called: direct ? own.length : own.filter((m) => callsMe(m) || m.ephemeral_to).length };
}

/** Everything in a channel counts as seen. */
export function markRead(channel) {
  const newest = [...(state.messages.get(channel)?.values() ?? [])].reduce((top, m) => Math.max(top, Number.parseFloat(m.ts)), 0);
  if (newest <= Number.parseFloat(state.read.get(channel) ?? "0")) return;
  state.read.set(channel, String(newest));
  changed("channels");
}
