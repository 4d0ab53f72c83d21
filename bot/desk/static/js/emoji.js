// The emoji shortcodes that bots and staff use. An unknown one stays as typed, as in Slack.

const TABLE = `white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|warning ⚠️|no_entry ⛔|no_entry_sign 🚫|
octagonal_sign 🛑|red_circle 🔴|large_green_circle 🟢|large_yellow_circle 🟡|large_blue_circle 🔵|white_circle ⚪|black_circle ⚫|
large_orange_circle 🟠|hourglass ⌛|hourglass_flowing_sand ⏳|alarm_clock ⏰|stopwatch ⏱️|clock3 🕒|eyes 👀|mag 🔍|mag_right 🔎|
link 🔗|lock 🔒|unlock 🔓|key 🔑|wrench 🔧|hammer_and_wrench 🛠️|gear ⚙️|bell 🔔|no_bell 🔕|speech_balloon 💬|
thought_balloon 💭|memo 📝|clipboard 📋|page_facing_up 📄|bar_chart 📊|chart_with_upwards_trend 📈|calendar 📅|email 📧|
envelope ✉️|inbox_tray 📥|outbox_tray 📤|phone ☎️|telephone_receiver 📞|iphone 📱|bulb 💡|information_source ℹ️|question ❓|
grey_question ❔|exclamation ❗|bangbang ‼️|arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|arrows_counterclockwise 🔄|
leftwards_arrow_with_hook ↩️|rewind ⏪|repeat 🔁|heavy_plus_sign ➕|heavy_minus_sign ➖|thumbsup 👍|+1 👍|thumbsdown 👎|-1 👎|
wave 👋|ok_hand 👌|pray 🙏|raised_hands 🙌|clap 👏|muscle 💪|point_right 👉|point_left 👈|tada 🎉|sparkles ✨|star ⭐|fire 🔥|
100 💯|gift 🎁|credit_card 💳|moneybag 💰|shopping_trolley 🛒|convenience_store 🏪|department_store 🏬|ticket 🎫|receipt 🧾|
bust_in_silhouette 👤|busts_in_silhouette 👥|robot_face 🤖|railway_track 🛤️|train 🚋|steam_locomotive 🚂|vertical_traffic_light 🚦|
traffic_light 🚥|construction 🚧|rotating_light 🚨|electric_plug 🔌|zap ⚡|seedling 🌱|herb 🌿|coffee ☕|smile 😄|slightly_smiling_face 🙂|
grinning 😀|joy 😂|sweat_smile 😅|thinking_face 🤔|sob 😭|disappointed 😞|rage 😡|heart ❤️|green_heart 💚|broken_heart 💔|
one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|double_vertical_bar ⏸️|arrow_forward ▶️|black_square_for_stop ⏹️|wastebasket 🗑️|
file_folder 📁|package 📦|label 🏷️|round_pushpin 📍|pushpin 📌|paperclip 📎|scales ⚖️|shield 🛡️|sos 🆘|new 🆕|ok 🆗|zzz 💤`;

const EMOJI = new Map(
  TABLE.split("|").map((entry) => {
    const cleaned = entry.trim();
    const gap = cleaned.indexOf(" ");
    return [cleaned.slice(0, gap), cleaned.slice(gap + 1)];
  }),
);

const SHORTCODE = /:([a-z0-9_+-]+)(?:::skin-tone-\d)?:/g;

/** The character of a shortcode ("eyes"), or null. */
export const emoji = (name) => EMOJI.get(name) ?? null;

/** Plain text with its shortcodes replaced. */
export const withEmoji = (text) => text.replace(SHORTCODE, (whole, name) => EMOJI.get(name) ?? whole);
