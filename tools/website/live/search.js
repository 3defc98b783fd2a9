// @ts-check
/** Find it by words: which of the things that no network has met fit a sentence? */

import {find, inTurn, make, Network, say, unpackWords} from "./network.js";
import {loadThings, showNearest} from "./nearest.js";
import {onSentence} from "./sentence.js";

const LONGEST = 40; // words that are read

const network = new Network("listener");
/** @type {Promise<[Awaited<ReturnType<typeof loadThings>>, Record<string, number>]> | undefined} */
let loaded;

const answer = inTurn(async () => {
    const words = /** @type {string[]} */ (
        find("sentence").value.toLowerCase().match(/[a-z0-9]+/g) ?? []);
    const [{shown}, vocabulary] = await (
        loaded ??= Promise.all([loadThings("concepts"), unpackWords("vocabulary")]));
    const met = words.filter((word) => Object.hasOwn(vocabulary, word));
    find("read").replaceChildren(...words.slice(0, LONGEST).flatMap(
        (word) => [make(met.includes(word) ? "b" : "s", word), " "]));
    find("answers").replaceChildren();
    if (!words.length) {
        say("Type a few English words, such as: a sad face");
        return;
    }
    if (words.length > LONGEST) {
        say(`These are ${words.length} words. It reads at most ${LONGEST}.`);
        return;
    }
    if (!met.length) {
        say(`No name has taught “${words[0].slice(0, 20)}”${words[1] ? " or the others" : ""}: there is `
            + "nothing to go by.");
        return;
    }
    const numbers = Int32Array.from(met, (word) => vocabulary[word]);
    const direction = await network.run({words: ["int32", numbers, [numbers.length]]});
    say(`Nearest: ${showNearest(shown, direction, 6).name}.`);
});

onSentence(answer);
say("Press Search, or type a sentence of your own.");
