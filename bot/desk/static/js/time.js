// Slack's timestamps ("1700000000.000100") and the world's times, as people read them.

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", month: "long", day: "numeric" });
const SHORT = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", hour: "numeric", minute: "2-digit" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

/** Slack ts to a Date. */
export const fromTs = (ts) => new Date(Number.parseFloat(ts) * 1000);

/** "2:05 PM" */
export const clock = (date) => CLOCK.format(date);

/** "Today", "Yesterday", "Sunday, November 22" */
export const day = (date) => {
  const near = nearDay(date);
  return near ? near[0].toUpperCase() + near.slice(1) : DAY.format(date);
};

/** "Nov 22, 2:05 PM" */
export const short = (date) => SHORT.format(date);

/** The whole date and time, for tooltips. */
export const full = (date) => FULL.format(date);

/** Slack's `<!date^unix^format^link|fallback>`: the tokens of its format string that bots use. */
export function slackDate(unix, format, fallback) {
  const date = new Date(Number(unix) * 1000);
  if (Number.isNaN(date.getTime())) return fallback;
  const iso = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
  const names = {
    date_num: iso,
    date_slash: date.toLocaleDateString(),
    date_short: date.toLocaleDateString(undefined, { month: "short", day: "numeric", year: "numeric" }),
    date_short_pretty: nearDay(date) ?? date.toLocaleDateString(undefined, { month: "short", day: "numeric" }),
    date_pretty: nearDay(date) ?? date.toLocaleDateString(undefined, { month: "long", day: "numeric" }),
    date_long: date.toLocaleDateString(undefined, { dateStyle: "full" }),
    date_long_pretty: nearDay(date) ?? date.toLocaleDateString(undefined, { dateStyle: "full" }),
    date: date.toLocaleDateString(undefined, { dateStyle: "long" }),
    time: clock(date),
    time_secs: date.toLocaleTimeString(),
    ago: ago(date),
  };
  return format.replace(/\{(\w+)\}/g, (whole, name) => names[name] ?? whole);
}

function nearDay(date) {
  const days = Math.round((new Date(date).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 86_400_000);
  return { 0: "today", "-1": "yesterday", 1: "tomorrow" }[days] ?? null;
}

function ago(date) {
  const minutes = Math.round((Date.now() - date.getTime()) / 60_000);
  if (Math.abs(minutes) < 1) return "just now";
  const [amount, unit] = Math.abs(minutes) < 60 ? [minutes, "minute"] : Math.abs(minutes) < 1440 ? [Math.round(minutes / 60), "hour"] : [Math.round(minutes / 1440), "day"];
  return new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(-amount, unit);
}
