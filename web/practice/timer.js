// The time that an answer takes. It never cuts one off: whoever is over it sees by how much.

import { h } from "../shared/dom.js";
import { say } from "../shared/shell.js";

/**
 * @param {number} begunAt seconds that have gone by already
 * @param {number} minutes 0 for no limit
 * @param {(seconds: number) => void} tick called every second
 * @returns {{element: HTMLElement, stop: () => number}} `stop` gives the seconds
 */
export function timer(begunAt, minutes, tick) {
  const element = h("p", { class: "timer", role: "timer", "aria-live": "off" });
  const limit = minutes * 60;
  const start = performance.now() - begunAt * 1000;
  const seconds = () => Math.floor((performance.now() - start) / 1000);
  let last = -1;
  const show = () => {
    const now = seconds();
    if (now === last) return;
    // A tab in the background may skip seconds.
    const passed = (/** @type {number} */ mark) => last < mark && now >= mark && last >= 0;
    if (limit > 0 && passed(limit - 60)) say("One minute left.");
    if (limit > 0 && passed(limit)) say("The time is up. You may finish your answer.");
    last = now;
    element.classList.toggle("over", limit > 0 && now >= limit);
    element.textContent =
      limit === 0 ? clock(now) : now < limit ? `${clock(limit - now)} left` : `${clock(now - limit)} over the time`;
    tick(now);
  };
  show();
  const interval = setInterval(show, 250);
  return {
    element,
    stop: () => {
      clearInterval(interval);
      return seconds();
    },
  };
}

/**
 * @param {number} seconds
 * @returns {string} such as 2:05
 */
export function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
