// @ts-check
/** The meadow: the reader and the trained agent look for the same cow. */

import {find, inTurn, make, Network, say, unpack} from "./network.js";

/** @typedef {"up" | "down" | "left" | "right"} Move */
/** @typedef {{row: number, column: number, steps: number, end: string}} Walker */

const CELL = 16, SIDE = 4, LIMIT = 24, SPRITE = 4 * CELL * CELL, PAUSE = 350;
/** @type {Record<Move, [number, number]>} */
const MOVES = {up: [-1, 0], down: [1, 0], left: [0, -1], right: [0, 1]};
/** @type {Record<string, {light: number[], words: string}>} */
const ENDS = {
    cow: {light: [0, 200, 80], words: "It was the cow: a point."},
    thing: {light: [60, 60, 60], words: "It was something else: no point."},
    time: {light: [], words: `No touch in ${LIMIT} steps: no point.`}};

const network = new Network("walker");
/** @type {Promise<{cows: Uint8Array, things: Uint8Array}> | undefined} */
let sprites;
/** The cells of the meadow, each its pixels, and those in which things stand, the cow first. */
let cells = [new Uint8ClampedArray(SPRITE)], things = [0];
/** @type {Record<"you" | "agent", Walker>} */
const walkers = {you: newcomer(), agent: newcomer()};
const score = {you: {episodes: 0, cows: 0, steps: 0}, agent: {episodes: 0, cows: 0, steps: 0}};
/** @type {number[]} */
let chances = [];
let hurry = false;

/** @returns {Walker} */
function newcomer() {
    return {row: 0, column: 0, steps: 0, end: ""};
}

/** @param {number} below */
function lot(below) {
    return Math.floor(below * Math.random());
}

/** Another meadow, as lesson 07 makes it. */
async function begin() {
    sprites ??= Promise.all([unpack("cows"), unpack("things")])
        .then(([cows, things]) => ({cows, things}));
    const pools = await sprites, colour = [0, 1, 2].map(() => 90 + lot(166));
    const free = Array.from({length: SIDE * SIDE - 1}, (_, i) => i + 1);
    things = [0, 0, 0, 0].map(() => free.splice(lot(free.length), 1)[0]);
    cells = Array.from({length: SIDE * SIDE}, (_, cell) => {
        const thing = things.indexOf(cell), pool = thing ? pools.things : pools.cows;
        const from = SPRITE * lot(pool.length / SPRITE), pixels = new Uint8ClampedArray(SPRITE);
        for (let i = 0; i < SPRITE; i++) {
            const ink = thing < 0 ? 0 : pool[from + i], opaque = thing < 0 ? 0 : pool[from + (i | 3)];
            pixels[i] = i % 4 === 3 ? 255 : ink + Math.floor((255 - opaque) * colour[i % 4] / 255);
        }
        return pixels;
    });
    Object.assign(walkers, {you: newcomer(), agent: newcomer()});
}

/**
 * What somebody sees: the nine cells around, or the light that answers a touch.
 * @param {Walker} walker
 */
function look({row, column, end}) {
    const seen = new ImageData(3 * CELL, 3 * CELL);
    const light = ENDS[end]?.light;
    for (let y = 0; y < 3 * CELL; y++)
        for (let x = 0; x < 3 * CELL; x++) {
            const cell = (row + Math.floor(y / CELL) + SIDE - 1) % SIDE * SIDE
                + (column + Math.floor(x / CELL) + SIDE - 1) % SIDE;
            const from = 4 * (y % CELL * CELL + x % CELL);
            seen.data.set(light?.length ? [...light, 255] : cells[cell].subarray(from, from + 4),
                          4 * (3 * CELL * y + x));
        }
    return seen;
}

/**
 * A step, and what comes of it.
 * @param {"you" | "agent"} who
 * @param {Move} move
 */
function walk(who, move) {
    const walker = walkers[who], [down, right] = MOVES[move];
    walker.row = (walker.row + down + SIDE) % SIDE;
    walker.column = (walker.column + right + SIDE) % SIDE;
    walker.steps++;
    const touched = things.indexOf(SIDE * walker.row + walker.column);
    if (touched >= 0) walker.end = touched ? "thing" : "cow";
    else if (walker.steps >= LIMIT) walker.end = "time";
    if (!walker.end) return;
    score[who].episodes++;
    score[who].cows += Number(walker.end === "cow");
    score[who].steps += walker.steps;
}

/** Ask the agent where it would go from where it stands. */
async function think() {
    chances = [...await network.run(
        {pixels: ["uint8", new Uint8Array(look(walkers.agent).data), [3 * CELL, 3 * CELL, 4]]})];
    find("chances").replaceChildren(...Object.keys(MOVES).map((move, i) => {
        const row = make("li"), bar = make("div", "", "bar");
        bar.style.width = `${100 * chances[i]}%`;
        row.append(make("span", move), make("span", chances[i].toFixed(3)), bar);
        return row;
    }));
}

/** Let the agent take a step, by lot, as probable as it finds it. */
async function follow() {
    let left = Math.random();
    const moves = /** @type {Move[]} */ (Object.keys(MOVES));
    walk("agent", moves.find((_, i) => (left -= chances[i]) < 0) ?? moves[3]);
    if (!walkers.agent.end) await think();
}

function draw() {
    for (const [who, told] of /** @type {["you" | "agent", string][]} */ ([["you", "yours"], ["agent", "its"]])) {
        const {steps, end} = walkers[who], {episodes, cows, steps: all} = score[who];
        const picture = look(walkers[who]);
        find(who).getContext("2d").putImageData(picture, 0, 0);
        find(told).textContent = `Step ${steps} of ${LIMIT}. `
            + (end ? ENDS[end].words : "");
        find(`${who}-episodes`).textContent = episodes;
        find(`${who}-cows`).textContent = cows;
        find(`${who}-steps`).textContent = episodes ? (all / episodes).toFixed(1) : "";
    }
}

/** One step of both, or a new meadow. */
const act = inTurn(async (/** @type {Move | "new"} */ what) => {
    if (what === "new") {
        hurry = false;
        await begin();
        if (chances.length) await think();
        draw();
        say("A new meadow. Walk with the arrows.");
        return;
    }
    const {you, agent} = walkers;
    if (you.end && agent.end) {
        say("This meadow is done. Press: New meadow.");
        return;
    }
    if (!chances.length) await think();
    if (!you.end) walk("you", what);
    if (!agent.end) await follow();
    draw();
    while (you.end && !agent.end) {
        say("The agent goes on alone …");
        if (!hurry) await new Promise((done) => setTimeout(done, PAUSE));
        await follow();
        draw();
    }
    if (you.end) say("Both are done. Press: New meadow.");
    else say(agent.end ? "The agent is done. You go on." : "");
});

find("moves").onclick = (/** @type {Event} */ event) => {
    if (event.target instanceof HTMLButtonElement && event.target.value)
        act(/** @type {Move} */ (event.target.value));
};
find("again").onclick = () => {
    hurry = true;
    act("new");
};
find("you").onkeydown = (/** @type {KeyboardEvent} */ event) => {
    const move = /** @type {Move} */ (event.key.replace("Arrow", "").toLowerCase());
    if (!(move in MOVES) || !event.key.startsWith("Arrow")) return;
    event.preventDefault();
    act(move);
};
act("new");
