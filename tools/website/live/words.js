// @ts-check
/** Fill the blank: the most probable pieces, and the surprise at each piece of the sentence. */

import {find, inTurn, make, Network, say, unpackWords} from "./network.js";
import {onSentence} from "./sentence.js";
import {CLS, MASK, SEP, Tokenizer, UNK, words} from "./tokenizer.js";

const LENGTH = 64; // pieces that the network reads at most, with those at both ends
const AT_ONCE = 4; // texts that are asked about together, before the page listens again
const BLANK = /_+|\[MASK\]/g;

const network = new Network("bert");
/** @type {Promise<Tokenizer> | undefined} */
let tokenizer;
let asked = 0;

/**
 * The pieces of a sentence with one blank, or the sentence that says what is wrong with it.
 * @param {string} sentence
 * @param {Tokenizer} tokenizer
 * @returns {number[] | string}
 */
function withBlank(sentence, tokenizer) {
    const blanks = sentence.match(BLANK)?.length ?? 0;
    if (!sentence.trim()) return "Type a sentence with a blank, such as: a ___ that barks";
    if (blanks !== 1)
        return `There ${blanks ? `are ${blanks} blanks` : "is no blank"}: type ___ once, in the `
            + "place of the missing word.";
    const text = sentence.replace(BLANK, " [MASK] "), numbers = tokenizer.encode(text);
    if (numbers.length > LENGTH - 2)
        return `That is too long: the network reads at most ${LENGTH - 2} pieces, and most words `
            + "are one or two.";
    const strange = words(text).find((word) => tokenizer.spell(word)[0] === UNK);
    if (numbers.includes(UNK))
        return `The network has never met “${strange?.slice(0, 20)}”: it has read English only.`;
    if (numbers.length === 1) return "There is nothing around the blank to guess it from.";
    return [CLS, ...numbers, SEP];
}

/**
 * The logarithm of the probability of each piece at one place of each text.
 * @param {number[][]} texts  of one length
 * @param {number[]} places
 */
async function guess(texts, places) {
    const answer = await network.run({
        text: ["int32", Int32Array.from(texts.flat()), [texts.length, texts[0].length]],
        place: ["int32", Int32Array.from(places), [places.length]]});
    const size = answer.length / texts.length;
    return texts.map((_, row) => answer.subarray(row * size, (row + 1) * size));
}

/** @param {string} piece */
function readable(piece) {
    return piece.replace("##", "+");
}

/**
 * Show the eight most probable pieces for the blank.
 * @param {number[]} text
 * @param {Tokenizer} tokenizer
 */
async function showWords(text, tokenizer) {
    const [scores] = await guess([text], [text.indexOf(MASK)]);
    const best = [...scores.keys()].sort((a, b) => scores[b] - scores[a]).slice(0, 8);
    find("words").replaceChildren(...best.map((number) => {
        const row = make("li"), button = make("button", readable(tokenizer.pieces[number]));
        const bar = make("div", "", "bar"), p = Math.exp(scores[number]);
        bar.style.width = `${100 * p / Math.exp(scores[best[0]])}%`;
        button.onclick = () => {
            for (const other of find("words").querySelectorAll("button"))
                other.setAttribute("aria-pressed", String(other === button));
            asked++;
            work(() => showSurprise(text.map((old) => old === MASK ? number : old), tokenizer));
        };
        row.append(button, make("span", p.toFixed(3)), bar);
        return row;
    }));
    say(`Most probable: ${readable(tokenizer.pieces[best[0]])}.`);
}

/**
 * Show how surprised the network is at each piece, and the mean: the energy.
 * @param {number[]} text
 * @param {Tokenizer} tokenizer
 */
async function showSurprise(text, tokenizer) {
    const mine = asked, places = [...text.keys()].slice(1, -1).filter((i) => text[i] !== MASK);
    const surprise = new Map();
    for (let i = 0; i < places.length; i += AT_ONCE) {
        await new Promise((done) => setTimeout(done));
        if (mine !== asked) return;
        const some = places.slice(i, i + AT_ONCE);
        const scores = await guess(some.map((place) => text.with(place, MASK)), some);
        some.forEach((place, row) => surprise.set(place, -scores[row][text[place]]));
    }
    const most = Math.max(...surprise.values());
    find("pieces").replaceChildren(...text.slice(1, -1).map((number, i) => {
        const value = surprise.get(i + 1);
        if (value === undefined) return make("li", "___");
        const row = make("li", readable(tokenizer.pieces[number]));
        row.title = `surprise ${value.toFixed(4)}`;
        row.style.background = `rgb(var(--red) / ${0.45 * value / most})`;
        row.append(make("span", value.toFixed(2)));
        return row;
    }));
    const sum = [...surprise.values()].reduce((a, b) => a + b, 0);
    find("energy").replaceChildren(
        "Energy of the sentence, the mean surprise: ", make("b", (sum / surprise.size).toFixed(3)));
}

/** The last thing that was asked for is done; what is in the way ends early. */
const work = inTurn(async (/** @type {(tokenizer: Tokenizer) => Promise<void>} */ job) => {
    await job(await (tokenizer ??= unpackWords("pieces").then((all) => new Tokenizer(all))));
});

function ask() {
    asked++;
    work(async (tokenizer) => {
        const text = withBlank(find("sentence").value, tokenizer);
        if (typeof text === "string") {
            say(text);
            return;
        }
        await showWords(text, tokenizer);
        await showSurprise(text, tokenizer);
    });
}

onSentence(ask);
say("Press Ask, or type a sentence of your own.");
