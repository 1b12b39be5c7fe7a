// Who steers: the browser that began a run, or was handed it, keeps the run's id in a cookie. The page's address never shows it.

const COOKIE = "stepwise-steers"; // as in ui/frame/link.py
const MOST = 8; // runs; the longest held are forgotten first
const DAY = 86400; // seconds

export function hold(run, base) {
  const held = document.cookie.match(new RegExp(`(?:^|; )${COOKIE}=([^;]*)`))?.[1].split(".") ?? [];
  if (held[0] === run) return;
  const kept = [run, ...held.filter((one) => one && one !== run)].slice(0, MOST);
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${COOKIE}=${kept.join(".")}; Path=${new URL(base).pathname}; Max-Age=${DAY}; SameSite=Lax${secure}`;
}
