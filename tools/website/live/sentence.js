// @ts-check
/** A sentence that the reader types, or one of the examples. */

import {find} from "./network.js";

/**
 * Ask about each sentence, as soon as it changes.
 * @param {() => void} ask
 */
export function onSentence(ask) {
    find("sentence").oninput = () => ask();
    find("ask").onsubmit = (/** @type {Event} */ event) => {
        event.preventDefault();
        ask();
    };
    find("examples").onclick = (/** @type {Event} */ event) => {
        if (!(event.target instanceof HTMLButtonElement)) return;
        find("sentence").value = event.target.textContent;
        ask();
    };
}
